-- One decision: permanent ban, temporary ban, quota, sliding windows, ledger of violations, ban ladder. Atomic, on this
-- Redis's clock. Policy comes in as arguments; the reply is one short line whatever the limits. A refusal writes nothing
-- but the violation and the ban it brings. docs/architecture.md says how windows are kept; dev.tollgate.limit.LocalGate is
-- the same rule in Java and a property test holds both to equal answers.
--
-- KEYS  1 permanent ban, 2 temporary ban, 3 .. 2+n windows, 3+n the month's counter (accounts only), last: violations
-- ARGV  1 cost  2 flags (1 charged, 2 enforced)  then per window: limit, length in ms
--       then: quota ('' if none), month's start, month's end
--       then: memory of violations in ms, a blank, ladder as violations:duration:LABEL,... with duration 0 for permanent
-- REPLY S now | M now                             history needed first (restore.lua) | not the month of the counter
--       B now BAN                                 a ban in force
--       A|L|Q now used states                     admitted, over a window, over the quota; used is before this request
--       L adds: violations first mask             X instead of L: and now banned, with BAN at the end
--       now is seconds and microseconds within, as TIME has them; states are total:reset in ms per window; BAN is LABEL
--       bannedAt expiresAt reason
--
-- What looks odd is for speed (docs/benchmarks.md). Making text of a number costs as much as reading a key: so replies give
-- the clock and the counter as Redis had them, commands get arguments as they came, and what must be written is written as
-- whole numbers of the machine where they fit its smallest. Numbers joined to text come out whole below 10^14.

local EXACT = 100      -- up to this limit every request is kept by its millisecond
local CELLS = 200      -- above it, a window is kept in this many cells

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local cost = tonumber(ARGV[1])
local charged = ARGV[2] == '1' or ARGV[2] == '3'
local enforced = ARGV[2] == '2' or ARGV[2] == '3'
local n = (#ARGV - 6) / 2
local tail = 2 + 2 * n
local state = redis.call('MGET', unpack(KEYS, 1, #KEYS - 1))
local counter = #KEYS == 4 + n and KEYS[3 + n]
local stamp = ' ' .. time[1] .. ' ' .. time[2] .. ' '
local used = '0'

if enforced then
  if state[1] then
    return 'B' .. stamp .. state[1]
  end
  if state[2] and tonumber(string.match(state[2], '^%S+ %S+ (%S+)')) > now then
    return 'B' .. stamp .. state[2]
  end
end

if counter then
  if now < tonumber(ARGV[tail + 2]) or now >= tonumber(ARGV[tail + 3]) then
    return 'M' .. stamp
  end
  used = state[3 + n]
  if not used then
    return 'S' .. stamp
  end
end

local fits = true
local mask = ''
local heads, totals, resets = { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 }
for i = 1, n do
  local limit = tonumber(ARGV[1 + 2 * i])
  local length = tonumber(ARGV[2 + 2 * i])
  local log = state[2 + i]
  local total, at = 0, 7
  local oldest
  if log then
    total = struct.unpack('>I6', log)
    local last = #log
    while at < last do
      local ts, count = struct.unpack('>I6I6', log, at)
      if ts + length > now then
        oldest = ts
        break
      end
      total = total - count
      at = at + 12
    end
    if not oldest then
      log = false
      state[2 + i] = false
    end
  end
  heads[i] = at
  totals[i] = total
  if total + cost > limit then
    fits = false
    mask = mask .. '1'
    resets[i] = length
    if log then
      local left, p = total, at
      while p < #log do
        local ts, count = struct.unpack('>I6I6', log, p)
        left = left - count
        if left + cost <= limit then
          resets[i] = ts + length - now
          break
        end
        p = p + 12
      end
    end
  else
    mask = mask .. '0'
    if log then
      resets[i] = oldest + length - now
    end
  end
end

local quota = ARGV[tail + 1]
local verdict = 'A'
if counter and quota ~= '' and used + cost > tonumber(quota) then
  verdict = 'Q'
elseif not fits then
  verdict = 'L'
elseif charged then
  for i = 1, n do
    local length = ARGV[2 + 2 * i]
    local log = state[2 + i]
    local total = totals[i] + cost
    totals[i] = total
    if log then
      local cell = 1
      if tonumber(ARGV[1 + 2 * i]) > EXACT then
        cell = math.max(1, math.floor(length / CELLS))
      end
      local ts = now
      local last, count = struct.unpack('>I6I6', log, #log - 11)
      if last > ts then
        ts = last
        length = ts + length - now
      end
      if math.floor(last / cell) ~= math.floor(ts / cell) then
        log = struct.pack('>I6', total) .. string.sub(log, heads[i]) .. struct.pack('>I6I6', ts, cost)
      elseif heads[i] == #log - 11 then
        -- Keeping a cell by its latest request can only hold its units longer: the reset of a lone cell moves with it.
        log = struct.pack('>I6I6I6', total, ts, count + cost)
        resets[i] = tonumber(length)
      else
        log = struct.pack('>I6', total) .. string.sub(log, heads[i], #log - 12)
          .. struct.pack('>I6I6', ts, count + cost)
      end
    else
      log = struct.pack('>I6I6I6', total, now, cost)
      resets[i] = tonumber(length)
    end
    redis.call('SET', KEYS[2 + i], log, 'PX', length)
  end
  if counter then
    redis.call('INCRBY', counter, ARGV[1])
  end
end

local reply = stamp .. used
for i = 1, n do
  reply = reply .. string.format(totals[i] < 2147483648 and ' %d:%d' or ' %.0f:%d', totals[i], resets[i])
end
if verdict ~= 'L' then
  return verdict .. reply
end

local memory, ladder = string.match(ARGV[tail + 4], '^(%d+) (.*)$')
local violations, latest = 0, -1
local ledger = KEYS[#KEYS]
local known = redis.call('GET', ledger)
if known then
  violations, latest = string.match(known, '^(%d+) (%d+)')
  violations, latest = tonumber(violations), tonumber(latest)
  if latest + memory <= now then
    violations, latest = 0, -1
  end
end
local first = '0'
if charged and enforced then
  if latest < 0 or latest + 60000 <= now then
    first = '1'
  end
  violations = violations + 1
  redis.call('SET', ledger, violations .. ' ' .. now, 'PX', memory)
  local duration, label
  for reach, lasting, name in string.gmatch(ladder, '(%d+):(%d+):([%w_]+)') do
    if violations >= tonumber(reach) then
      duration, label = tonumber(lasting), name
    end
  end
  if label then
    local reason = violations .. ' requests over the limit'
    local ban = label .. ' ' .. now .. ' ' .. (duration == 0 and 0 or now + duration) .. ' ' .. reason
    if duration == 0 then
      redis.call('SET', KEYS[1], ban)
    else
      redis.call('SET', KEYS[2], ban, 'PX', duration)
    end
    return 'X' .. reply .. ' ' .. violations .. ' ' .. first .. ' ' .. mask .. ' ' .. ban
  end
end
return 'L' .. reply .. ' ' .. violations .. ' ' .. first .. ' ' .. mask
