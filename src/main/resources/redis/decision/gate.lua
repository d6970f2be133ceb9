-- Decides the requests of one batch. Each decision checks the permanent ban, the temporary ban, the quota, the sliding windows
-- and the violations with the ban ladder. Each is atomic and independent of the others, by the clock of this Redis; if one
-- fails, the others still succeed. The policy is in the arguments. Each reply is one short line. A refusal writes only the
-- violation and the ban that follows from it. docs/architecture.md describes how windows are kept. The class
-- dev.tollgate.core.limit.InMemoryGateStore has the same rules in Java; a property test compares the two.
--
-- KEYS  of each decision in turn: permanent ban, temporary ban, the windows, the month's counter (accounts only), violations
-- ARGV  for all decisions in turn that have the same policy, once:
--       how many decisions  cost  flags (1 charged, 2 enforced, 4 has a month's counter)  how many windows
--       then per window: limit, length in ms
--       then: quota ('' if none), month's start, month's end
--       then: memory of violations in ms (0 where nothing is a violation), a space,
--       ladder as violations:duration:LABEL,... with duration 0 for permanent
-- REPLY a list with a line for each decision, in order:
--       S now | M now                             state missing, see restore.lua | not the month of the counter
--       B now BAN                                 a ban in force
--       A|L|Q|C now used states                   admitted, over a window, over the quota, cost above a whole limit; used is
--                                                 before this request
--       all but A add: mask                       1 for a policy that has no room, else 0: the windows, then the month
--       L adds: violations (-1 if this is none) first                  X instead of L: and now banned, with BAN at the end
--       E message                                 it failed; see repair.lua
--       now is seconds and microseconds within, as TIME has them; states are total:reset in ms per window; BAN is LABEL
--       bannedAt expiresAt reason
--
-- Some lines are written for speed (docs/benchmarks.md). Formatting a number costs as much as reading a key. Replies therefore
-- have the clock and the counter as Redis returned them, and commands get arguments as they came. %d is used where a number
-- fits. Numbers below 10^14 keep all digits when they are joined to text.

-- Decides one request. Its keys are those from at to last; the arguments of its policy begin at arg. The function uses no
-- variables of the script, since each captured one would cost every run.
local function decide(now, stamp, at, last, arg, cost, charged, enforced, counted, n, heads, totals, resets)
  local tail = arg + 4 + 2 * n
  local EXACT = 100 -- up to this limit every request is kept by its millisecond
  local CELLS = 250 -- above it, a window is kept in this many cells
  local LEAD = 1002 -- units further ahead are no lease's: the clock went back, and goes on at the latest time seen
  local state = redis.call('MGET', unpack(KEYS, at, last - 1))
  local used = '0'

  if enforced then
    if state[1] then
      return 'B' .. stamp .. state[1]
    end
    if state[2] and tonumber(string.match(state[2], '^%S+ %S+ (%S+)')) > now then
      return 'B' .. stamp .. state[2]
    end
  end

  if counted then
    if now < tonumber(ARGV[tail + 1]) or now >= tonumber(ARGV[tail + 2]) then
      return 'M' .. stamp
    end
    used = state[3 + n]
    if not used then
      return 'S' .. stamp
    end
  end

  local fits, exceeded, never = true, false, false
  local mask = ''
  for i = 1, n do
    local limit = tonumber(ARGV[arg + 2 + 2 * i])
    local length = tonumber(ARGV[arg + 3 + 2 * i])
    local log = state[2 + i]
    local total, first = 0, 7
    local oldest
    if log then
      total = struct.unpack('>I6', log)
      local size = #log
      while first < size do
        local ts, count = struct.unpack('>I6I6', log, first)
        if ts + length > now then
          oldest = ts
          break
        end
        total = total - count
        first = first + 12
      end
      if not oldest then
        log = false
        state[2 + i] = false
      end
    end
    heads[i] = first
    totals[i] = total
    resets[i] = 0
    if total + cost > limit then
      fits = false
      mask = mask .. '1'
      heads[i] = 0
      resets[i] = length
      if cost > limit then
        never = true
        resets[i] = log and oldest + length - now or 0
      elseif log then
        local left, p = total, first
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
      -- Units dated ahead are out on lease. Who would fit without them is refused, but did not exceed the limit.
      local used, p = total, log and #log - 11 or 0
      while p >= first do
        local ts, count = struct.unpack('>I6I6', log, p)
        if ts <= now then
          break
        end
        used = used - count
        p = p - 12
      end
      exceeded = exceeded or used + cost > limit
    else
      mask = mask .. '0'
      if log then
        resets[i] = oldest + length - now
      end
    end
  end

  local quota = counted and ARGV[tail] or ''
  local over = quota ~= '' and used + cost > tonumber(quota)
  local verdict = 'A'
  if never or over and cost > tonumber(quota) then
    verdict = 'C'
  elseif over then
    verdict = 'Q'
  elseif not fits then
    verdict = 'L'
  end

  -- What is not enforced passes, and is charged to each policy that has room.
  if charged and (verdict == 'A' or not enforced) then
    -- First, since only this can fail on a value of another form; then nothing is charged.
    if counted and not over then
      redis.call('INCRBY', KEYS[at + 2 + n], ARGV[arg + 1])
    end
    for i = 1, n do
      if heads[i] > 0 then
        local length = ARGV[arg + 3 + 2 * i]
        local log = state[2 + i]
        local total = totals[i] + cost
        totals[i] = total
        if log then
          local cell = 1
          if tonumber(ARGV[arg + 2 + 2 * i]) > EXACT then
            cell = math.max(1, math.floor(length / CELLS))
          end
          local ts, last, rest = now, #log - 11, ''
          local latest, count = struct.unpack('>I6I6', log, last)
          if latest > ts then
            length = latest + length - now
            if latest > ts + LEAD then
              ts = latest
            end
            -- Leases are dated ahead. This request goes before them, to its place in the order of time.
            while last >= heads[i] and math.floor(latest / cell) > math.floor(ts / cell) do
              last = last - 12
              if last >= heads[i] then
                latest, count = struct.unpack('>I6I6', log, last)
              end
            end
            rest = string.sub(log, last + 12)
          end
          if last >= heads[i] and math.floor(latest / cell) == math.floor(ts / cell) then
            -- A cell has the time of its latest request, so a lone cell resets later with each request.
            ts = math.max(latest, ts)
            log = struct.pack('>I6', total) .. string.sub(log, heads[i], last - 1)
              .. struct.pack('>I6I6', ts, count + cost) .. rest
          else
            log = struct.pack('>I6', total) .. string.sub(log, heads[i], last + 11) .. struct.pack('>I6I6', ts, cost) .. rest
          end
          if last <= heads[i] then
            resets[i] = struct.unpack('>I6', log, 7) + ARGV[arg + 3 + 2 * i] - now
          end
        else
          log = struct.pack('>I6I6I6', total, now, cost)
          resets[i] = tonumber(length)
        end
        redis.call('SET', KEYS[at + 1 + i], log, 'PX', length)
      end
    end
  end

  local reply = stamp .. used
  for i = 1, n do
    reply = reply .. string.format(totals[i] < 2147483648 and ' %d:%d' or ' %.0f:%d', totals[i], resets[i])
  end
  if verdict == 'A' then
    return 'A' .. reply
  end
  reply = reply .. ' ' .. mask .. (over and '1' or '0')
  if verdict ~= 'L' then
    return verdict .. reply
  end

  if charged and not enforced then
    -- Nothing that can fail may follow a charge: the request would be decided, and charged, once more.
    return 'L' .. reply .. ' -1 0'
  end

  local memory, ladder = string.match(ARGV[tail + 3], '^(%d+) (.*)$')
  local violations, latest = 0, -1
  local known = redis.call('GET', KEYS[last])
  if known then
    violations, latest = string.match(known, '^(%d+) (%d+)$')
    if not violations or #violations > 9 or #latest > 15 then
      error('the violations cannot be read')
    end
    violations, latest = tonumber(violations), tonumber(latest)
    if latest + memory <= now then
      violations, latest = 0, -1
    end
  end
  local first = '0'
  if charged and not exceeded then
    violations = -1
  elseif charged and memory ~= '0' then
    if latest < 0 or latest + 60000 <= now then
      first = '1'
    end
    violations = violations + 1
    redis.call('SET', KEYS[last], violations .. ' ' .. now, 'PX', memory)
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
        redis.call('SET', KEYS[at], ban)
      else
        redis.call('SET', KEYS[at + 1], ban, 'PX', duration)
      end
      return 'X' .. reply .. ' ' .. violations .. ' ' .. first .. ' ' .. ban
    end
  end
  return 'L' .. reply .. ' ' .. violations .. ' ' .. first
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local stamp = ' ' .. time[1] .. ' ' .. time[2] .. ' '
local heads, totals, resets = { 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 0, 0 }
local replies = {}
local at, arg = 1, 1
while arg <= #ARGV do
  local cost = tonumber(ARGV[arg + 1])
  local flags = tonumber(ARGV[arg + 2])
  local n = tonumber(ARGV[arg + 3])
  local charged, enforced, counted = flags % 2 == 1, flags % 4 > 1, flags > 3
  local size = 3 + n + (counted and 1 or 0)
  if #KEYS == size then
    return { decide(now, stamp, 1, size, 1, cost, charged, enforced, counted, n, heads, totals, resets) }
  end
  for _ = 1, tonumber(ARGV[arg]) do
    local went, reply = pcall(decide, now, stamp, at, at + size - 1, arg, cost, charged, enforced, counted, n, heads, totals,
      resets)
    if not went then
      -- Errors are tables since Redis 7.
      reply = 'E ' .. (type(reply) == 'table' and reply.err or tostring(reply))
    end
    replies[#replies + 1] = reply
    at = at + size
  end
  arg = arg + 8 + 2 * n
end
return replies
