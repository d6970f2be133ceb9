-- Adds a recording in the common case: one row, whose fields exist already in the four hashes it goes into. Loaded after
-- adding.lua, which adds everything else, and to which this is equivalent. It needs fewer commands and no table per hash.
--
-- Most API keys have pending usage of one provider and day. Their four hashes are equal: each row has requests, and a count of a
-- hash is the sum of the rows' counts. So if the key's total requests are those of the row, only the key's hash is read.
local arguments, format = ARGV, string.format -- a local is read faster than a global
local pcall_redis = redis.pcall
local fields, more, hset = {}, {}, { 'HSET' } -- reused by each recording, since creating tables is expensive
local count        -- the number of fields
local latest, used -- the index of last_used_at, nil if it is not among them, and its text
local SHORT = 2147483647 -- up to here, %d is faster than %.0f and right on any machine

-- Collects the fields that the row at an index of ARGV adds to. Returns false if it is no common row.
local function collect(i)
  local types = tonumber(arguments[i + 8])
  if arguments[i + 2] == '0' or types > TYPES then
    return false
  end
  count, latest = 0, nil
  for f = 1, 6 do
    local given = arguments[i + 1 + f]
    if given ~= '0' then
      count = count + 1
      fields[count] = FIELDS[f]
      more[count] = tonumber(given)
      if f == 6 then
        latest, used = count, given
      end
    end
  end
  for t = i + 9, i + 7 + 2 * types, 2 do
    count = count + 1
    fields[count] = 'ft:' .. arguments[t]
    more[count] = tonumber(arguments[t + 1])
  end
  return true
end

-- Returns the texts of the collected fields of a hash, nil if one is missing or it is no hash.
local function texts(hash)
  local was = pcall_redis('HMGET', hash, unpack(fields, 1, count))
  for f = 1, count do
    if not was[f] then
      return nil
    end
  end
  return was
end

-- Puts what the fields will be into the arguments of HSET. Returns false if adding.lua has to do it: a field is no count, or the
-- requests become too many.
local function sums(was)
  for f = 1, count do
    local number = tonumber(was[f])
    if not (number and number >= 0 and number <= EXACT) then
      return false
    end
    local sum = number + more[f]
    hset[2 * f + 1] = fields[f]
    if f == latest then
      hset[2 * f + 2] = number > more[f] and was[f] or used
    elseif sum <= SHORT then
      hset[2 * f + 2] = format('%d', sum)
    elseif sum <= EXACT or f > 1 then
      hset[2 * f + 2] = text(math.min(sum, EXACT))
    else
      return false
    end
  end
  return true
end

-- Writes the fields to a hash. Returns false if Redis refused it.
local function put(hash)
  hset[2] = hash
  local added = pcall_redis(unpack(hset, 1, 2 * count + 2))
  if type(added) == 'table' then
    return false
  end
  if added > 0 then
    -- It was missing, such as an evicted one.
    redis.call('PEXPIRE', hash, PENDING_TTL)
  end
  return true
end

-- Adds the row at an index of ARGV. Returns false if this is not the common case; then nothing was added.
local function add_known(i)
  local day, provider = arguments[i], arguments[i + 1]
  local of_key, of_row = totals_name(prefix, id), row_name(prefix, id, day, provider)
  local of_provider, of_day = provider_name(prefix, id, provider), day_name(prefix, id, day)
  local key = collect(i) and texts(of_key)
  if not key then
    return false
  end
  if pcall_redis('HGET', of_row, FIELDS[1]) == key[1] then
    if not (sums(key) and put(of_provider)) then
      return false
    end
    if not put(of_day) then
      -- It is no hash. The other one gets what it had, and adding.lua reports the error.
      for f = 1, count do
        hset[2 * f + 2] = key[f]
      end
      put(of_provider)
      return false
    end
    return put(of_key) and put(of_row)
  end
  -- A set of names that was lost and begun anew by another row lacks this one's.
  local row = pcall_redis('SMISMEMBER', set, 'x:' .. day .. ':' .. provider)[1] == 1 and texts(of_row)
  local at_provider = row and texts(of_provider)
  local on_day = at_provider and texts(of_day)
  -- All sums are tried before the first is written.
  if not (on_day and sums(row) and sums(at_provider) and sums(on_day) and sums(key) and put(of_key)) then
    return false
  end
  return sums(row) and put(of_row) and sums(at_provider) and put(of_provider) and sums(on_day) and put(of_day)
end
