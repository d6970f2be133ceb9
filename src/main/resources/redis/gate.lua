-- One decision: permanent ban, temporary ban, quota, sliding windows, ledger of violations, ban ladder. Atomic, on this
-- Redis's clock. Policy comes in as arguments; the reply is one short line whatever the limits. A refusal writes nothing
-- but the violation and the ban it brings. docs/architecture.md says how windows are kept; dev.tollgate.limit.LocalGate is
-- the same rule in Java and a property test holds both to equal answers.
--
-- KEYS  1 permanent ban, 2 temporary ban, 3 violations, 4 .. 3+n windows, 4+n the month's counter (accounts only)
-- ARGV  1 cost  2 flags (1 charged, 2 enforced)  3 n  then per window: limit, length in ms
--       then: quota ('' if none), month's start, month's end
--       then: memory of violations in ms, ladder as violations:duration:LABEL,... with duration 0 for permanent
-- REPLY S now | M now                             history needed first (restore.lua) | not the month of the counter
--       B now BAN                                 a ban in force
--       A|L|Q now used states                     admitted, over a window, over the quota
--       L adds: violations first mask             X instead of L: and now banned, with BAN at the end
--       states are total:reset per window; BAN is LABEL bannedAt expiresAt reason

local EXACT = 100      -- up to this limit every request is kept by its millisecond
local CELLS = 200      -- above it, a window is kept in this many cells

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local cost = tonumber(ARGV[1])
local charged = ARGV[2] == '1' or ARGV[2] == '3'
local enforced = ARGV[2] == '2' or ARGV[2] == '3'
local n = tonumber(ARGV[3])
local tail = 3 + 2 * n
local state = redis.call('MGET', unpack(KEYS))
local counter = KEYS[4 + n]
local used

if enforced then
  if state[1] then
    return 'B ' .. string.format('%.0f', now) .. ' ' .. state[1]
  end
  if state[2] and tonumber(string.match(state[2], '^%S+ %S+ (%S+)')) > now then
    return 'B ' .. string.format('%.0f', now) .. ' ' .. state[2]
  end
end

if counter then
  if now < tonumber(ARGV[tail + 2]) or now >= tonumber(ARGV[tail + 3]) then
    return 'M ' .. string.format('%.0f', now)
  end
  used = state[4 + n]
  if not used then
    return 'S ' .. string.format('%.0f', now)
  end
  used = tonumber(used)
end

local out = {}
local mask = ''
local fits = true
local heads = {}
local totals = {}
for i = 1, n do
  local limit = tonumber(ARGV[2 + 2 * i])
  local length = tonumber(ARGV[3 + 2 * i])
  local log = state[3 + i]
  local total, at = 0, 7
  if log then
    total = struct.unpack('>I6', log)
    local last = #log
    while at < last do
      local ts, count = struct.unpack('>I6I6', log, at)
      if ts + length > now then
        break
      end
      total = total - count
      at = at + 12
    end
    if at > last then
      log = false
    end
  end
  heads[i] = at
  totals[i] = total
  state[3 + i] = log
  local reset = 0
  if total + cost > limit then
    fits = false
    mask = mask .. '1'
    reset = length
    if log then
      local left, p = total, at
      while p < #log do
        local ts, count = struct.unpack('>I6I6', log, p)
        left = left - count
        if left + cost <= limit then
          reset = ts + length - now
          break
        end
        p = p + 12
      end
    end
  else
    mask = mask .. '0'
    if log then
      reset = struct.unpack('>I6', log, at) + length - now
    end
  end
  out[i] = reset
end

local quota = ARGV[tail + 1]
local verdict = 'A'
if counter and quota ~= '' and used + cost > tonumber(quota) then
  verdict = 'Q'
elseif not fits then
  verdict = 'L'
elseif charged then
  for i = 1, n do
    local limit = tonumber(ARGV[2 + 2 * i])
    local length = tonumber(ARGV[3 + 2 * i])
    local log = state[3 + i]
    local cell = 1
    if limit > EXACT then
      cell = math.max(1, math.floor(length / CELLS))
    end
    totals[i] = totals[i] + cost
    local ts = now
    if log then
      local last, count = struct.unpack('>I6I6', log, #log - 11)
      if last > ts then
        ts = last
      end
      if math.floor(last / cell) == math.floor(ts / cell) then
        log = string.sub(log, heads[i], #log - 12) .. struct.pack('>I6I6', ts, count + cost)
        -- Keeping a cell by its latest request can only hold its units longer: the reset of a lone cell moves with it.
        if #log == 12 then
          out[i] = ts + length - now
        end
      else
        log = string.sub(log, heads[i]) .. struct.pack('>I6I6', ts, cost)
      end
    else
      log = struct.pack('>I6I6', ts, cost)
      out[i] = length
    end
    redis.call('SET', KEYS[3 + i], struct.pack('>I6', totals[i]) .. log, 'PX', ts + length - now)
  end
  if counter then
    used = redis.call('INCRBY', counter, cost)
  end
end

for i = 1, n do
  out[i] = string.format('%.0f:%.0f', totals[i], out[i])
end
local states = table.concat(out, ' ')
local reply = verdict .. ' ' .. string.format('%.0f', now) .. ' ' .. string.format('%.0f', used or 0) .. ' ' .. states
if verdict ~= 'L' then
  return reply
end

local memory = tonumber(ARGV[tail + 4])
local violations, latest = 0, -1
if state[3] then
  violations, latest = string.match(state[3], '^(%d+) (%d+)')
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
  redis.call('SET', KEYS[3], violations .. ' ' .. string.format('%.0f', now), 'PX', ARGV[tail + 4])
  local duration, label
  for reach, lasting, name in string.gmatch(ARGV[tail + 5], '(%d+):(%d+):([%w_]+)') do
    if violations >= tonumber(reach) then
      duration, label = tonumber(lasting), name
    end
  end
  if label then
    local reason = violations .. ' requests over the limit'
    local ban = label .. ' ' .. string.format('%.0f', now) .. ' ' .. string.format('%.0f', duration == 0 and 0 or now + duration) .. ' ' .. reason
    if duration == 0 then
      redis.call('SET', KEYS[1], ban)
    else
      redis.call('SET', KEYS[2], ban, 'PX', duration)
    end
    return 'X' .. string.sub(reply, 2) .. ' ' .. violations .. ' ' .. first .. ' ' .. mask .. ' ' .. ban
  end
end
return reply .. ' ' .. violations .. ' ' .. first .. ' ' .. mask
