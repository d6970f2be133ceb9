-- Grants a lease on a caller's limits, and takes the report of an earlier one. A lease is a number of units that one node charges
-- ahead of need. docs/adr/0016-leases.md has the rules and their proof; dev.tollgate.core.limit.InMemoryGateStore has the same
-- rules in Java, and a property test compares the two. Loaded after window_log.lua.
--
-- KEYS  permanent ban, temporary ban, the windows, the month's counter (accounts only), the caller's leases, then with a report:
--       the counter of the reported lease's month (accounts only)
-- ARGV  1 flags (1 has a month's counter, 2 has a report)  2 how many windows
--       then per window: limit, length in ms
--       then: quota ('' if none), month's start, month's end
--       then: the lease's id, units wanted (0 for none), how far ahead of now they are dated in ms, least units, the divisor of
--       what remains, how long a report is taken in ms
--       then with a report: the reported lease's id, the date of its units, units spent, the start of its month
-- REPLY N | B                           no lease | and a ban is in force
--       S now | M now                   no lease: state missing | not the month of the counter
--       G now date units used states    granted; used is after the grant, states are total:reset in ms per window
--       now is seconds and microseconds within, as TIME has them
--
-- A caller's leases are a hash of id to units, the instant until which a report is taken, and the start of the month. A report
-- of a lease that is not there leaves a mark in its place: the node does not know whether it was granted, and the grant may still
-- come. A node that does not know this also guesses the month, by its own clock. Nothing is given back to a month that was guessed
-- wrongly: the units stay charged.
local flags, n = tonumber(ARGV[1]), tonumber(ARGV[2])
local counted, reported = flags % 2 == 1, flags > 1
local tail = 3 + 2 * n
local id, wanted, lead = ARGV[tail + 3], tonumber(ARGV[tail + 4]), tonumber(ARGV[tail + 5])
local memory = tonumber(ARGV[tail + 8])
local leases = KEYS[3 + n + (counted and 1 or 0)]

local reported_id, date, spent, known, units, month
if reported then
  reported_id, date, spent = ARGV[tail + 9], tonumber(ARGV[tail + 10]), tonumber(ARGV[tail + 11])
  local last
  known, last, month = string.match(redis.call('HGET', leases, reported_id) or '', '^(%d+) (%d+) (%d+)$')
  if known then
    date = date > 0 and date or last - memory
    units = tonumber(last) > now and tonumber(known) or nil
  end
end
-- Nothing before this instant is touched, so older entries stay as they are in the text of a window.
local since = units and math.min(now, date) or now

local windows = {}
for i = 1, n do
  windows[i] = open_window(KEYS[2 + i], ARGV[1 + 2 * i], ARGV[2 + 2 * i], since)
end
local changed = false

if known then
  redis.call('HDEL', leases, reported_id)
elseif reported then
  redis.call('HSET', leases, reported_id, 'returned')
  redis.call('PEXPIRE', leases, memory)
end
if units then
  local unspent = units - math.min(units, spent)
  for _, window in ipairs(windows) do
    if date + window.length > now then
      local at, same = find(window, date)
      if same then
        take_units(window, at, units)
      end
      if spent > 0 then
        add_units(window, since, spent)
      end
    end
  end
  if counted and unspent > 0 and month == ARGV[tail + 12] then
    give_back(KEYS[#KEYS], unspent)
  end
  changed = true
end

local function grant()
  local ban = redis.call('GET', KEYS[2])
  if redis.call('EXISTS', KEYS[1]) == 1 or (ban and tonumber(string.match(ban, '^%S+ %S+ (%S+)')) > now) then
    return 'B'
  end
  if wanted == 0 or redis.call('HGET', leases, id) then
    return 'N'
  end
  local month_start, month_end = tonumber(ARGV[tail + 1]), tonumber(ARGV[tail + 2])
  local date = now + lead
  if now < month_start or now >= month_end then
    return string.format('M %s %s', time[1], time[2])
  end
  if date >= month_end then
    return 'N'
  end
  local granted, used = wanted, 0
  for _, window in ipairs(windows) do
    granted = math.min(granted, math.floor((window.limit - window.total) / ARGV[tail + 7]))
  end
  if counted then
    used = redis.call('GET', KEYS[3 + n])
    if not used then
      return string.format('S %s %s', time[1], time[2])
    end
    if ARGV[tail] ~= '' then
      granted = math.min(granted, math.floor((ARGV[tail] - used) / ARGV[tail + 7]))
    end
  end
  if granted < tonumber(ARGV[tail + 6]) then
    return 'N'
  end
  -- First, since only this can fail on a value of another form; then nothing is charged.
  if counted then
    used = redis.call('INCRBY', KEYS[3 + n], granted)
  end
  local reply = string.format('G %s %s %.0f %d %.0f', time[1], time[2], date, granted, used)
  for _, window in ipairs(windows) do
    add_units(window, date, granted)
    reply = reply .. string.format(' %.0f:%.0f', window.total, first_of(window) + window.length - now)
  end
  redis.call('HSET', leases, id, string.format('%d %.0f %s', granted, date + memory, ARGV[tail + 1]))
  redis.call('PEXPIRE', leases, lead + memory)
  changed = true
  return reply
end

local reply = grant()
if changed then
  for _, window in ipairs(windows) do
    write_window(window)
  end
end
return reply
