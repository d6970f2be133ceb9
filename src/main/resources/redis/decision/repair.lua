-- Deletes the values of a caller that cannot be read, after a decision failed because of them. They have another type or form
-- than Tollgate writes. Loaded after ban_format.lua.
--
-- KEYS  a decision's, as in gate.lua: permanent ban, temporary ban, the windows, the month's counter (accounts only), violations,
--       the caller's leases
-- ARGV  1 how many windows  2 '1' if there is a month's counter
-- REPLY a digit for each key but the last: 1 deleted, 0 not
local windows, counted = tonumber(ARGV[1]), ARGV[2] == '1'

local function text_at(key)
  local text = redis.pcall('GET', key)
  if type(text) == 'table' then
    return nil, true
  end
  return text, false
end

local function is_window(log)
  if #log < 18 or (#log - 6) % 12 ~= 0 then
    return false
  end
  local left, before = struct.unpack('>I6', log), 0
  for at = 7, #log, 12 do
    local ts, count = struct.unpack('>I6I6', log, at)
    if ts < before then
      return false
    end
    left, before = left - count, ts
  end
  return left == 0
end

local function is_count(text)
  return #text < 16 and string.find(text, '^%-?%d+$') ~= nil
end

local function are_violations(text)
  local count, latest = string.match(text, '^(%d+) (%d+)$')
  return count ~= nil and #count < 10 and #latest < 16
end

local function bad(key, is_good)
  local text, other = text_at(key)
  return other or (text and not is_good(text))
end

local deleted = {}
for k = 1, #KEYS - 1 do
  local key = KEYS[k]
  local out
  if k <= 2 then
    local there = redis.call('EXISTS', key) == 1
    local ban = ban_at(key)
    out = there and not ban
    if k == 1 and ban and not string.find(ban, '^[%w_]+ %d+ 0 ') then
      out = true
    end
  elseif k <= 2 + windows then
    out = bad(key, is_window)
  elseif counted and k == #KEYS - 2 then
    out = bad(key, is_count)
  else
    out = bad(key, are_violations)
  end
  if out then
    -- What is out on lease must not be given back to a value that does not hold it.
    redis.call('DEL', key, KEYS[#KEYS])
  end
  deleted[k] = out and '1' or '0'
end
return table.concat(deleted)
