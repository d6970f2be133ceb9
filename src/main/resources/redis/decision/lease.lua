-- Grants a lease on a caller's limits, and takes the report of an earlier one. A lease is a number of units that one node charges
-- ahead of need. docs/adr/0016-leases.md has the rules and their proof; dev.tollgate.core.limit.InMemoryGateStore has the same
-- rules in Java, and a property test compares the two. The windows are kept as in gate.lua.
--
-- KEYS  permanent ban, temporary ban, the windows, the month's counter (accounts only), the caller's leases, then with a report:
--       the counter of the reported lease's month (accounts only)
-- ARGV  1 flags (1 has a month's counter, 2 has a report)  2 how many windows
--       then per window: limit, length in ms
--       then: quota ('' if none), month's start, month's end
--       then: the lease's id, units wanted (0 for none), how far ahead of now they are dated in ms, least units, the divisor of
--       what remains, how long a report is taken in ms
--       then with a report: the reported lease's id, the date of its units, units spent
-- REPLY N | B                           no lease | and a ban is in force
--       S now | M now                   no lease: state missing | not the month of the counter
--       G now date units used states    granted; used is after the grant, states are total:reset in ms per window
--       now is seconds and microseconds within, as TIME has them
--
-- A caller's leases are a hash of id to units and the instant until which a report is taken. A report of a lease that is not
-- there leaves a mark in its place: the node does not know whether it was granted, and the grant may still come.
local EXACT, CELLS, LEAD = 100, 200, 1002

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local flags, n = tonumber(ARGV[1]), tonumber(ARGV[2])
local counted, reported = flags % 2 == 1, flags > 1
local tail = 3 + 2 * n
local id, wanted, lead = ARGV[tail + 3], tonumber(ARGV[tail + 4]), tonumber(ARGV[tail + 5])
local memory = tonumber(ARGV[tail + 8])
local leases = KEYS[3 + n + (counted and 1 or 0)]

local function cell_of(i, ts)
  local cell = 1
  if tonumber(ARGV[1 + 2 * i]) > EXACT then
    cell = math.max(1, math.floor(ARGV[2 + 2 * i] / CELLS))
  end
  return math.floor(ts / cell)
end

-- Finds the last entry whose cell is not after that of an instant. Returns its place and whether it is the same cell.
local function find(i, entries, ts)
  local at, cell = #entries - 1, cell_of(i, ts)
  while at > 0 and cell_of(i, entries[at]) > cell do
    at = at - 2
  end
  return at, at > 0 and cell_of(i, entries[at]) == cell
end

local function add(i, entries, ts, units)
  local latest = entries[#entries - 1]
  if latest and latest > ts + LEAD then
    ts = latest
  end
  local at, same = find(i, entries, ts)
  if same then
    entries[at] = math.max(entries[at], ts)
    entries[at + 1] = entries[at + 1] + units
  else
    table.insert(entries, at + 2, ts)
    table.insert(entries, at + 3, units)
  end
end

local function remove(i, entries, ts, units)
  local at, same = find(i, entries, ts)
  if not same then
    return 0
  end
  local taken = math.min(units, entries[at + 1])
  if taken == entries[at + 1] then
    table.remove(entries, at)
    table.remove(entries, at)
  else
    entries[at + 1] = entries[at + 1] - taken
  end
  return taken
end

local reported_id, date, spent, known, units
if reported then
  reported_id, date, spent = ARGV[tail + 9], tonumber(ARGV[tail + 10]), tonumber(ARGV[tail + 11])
  local last
  known, last = string.match(redis.call('HGET', leases, reported_id) or '', '^(%d+) (%d+)$')
  if known then
    date = date > 0 and date or last - memory
    units = tonumber(last) > now and tonumber(known) or nil
  end
end
-- Nothing before this instant is touched, so older entries stay as they are in the text of a window.
local since = units and math.min(now, date) or now

-- Reads a window without what has left it. Returns its total, the text of its older entries, and its later entries as a list of
-- times and counts in turn.
local function read(i)
  local log = redis.call('GET', KEYS[2 + i])
  local entries = {}
  if not log then
    return 0, '', entries
  end
  local length = tonumber(ARGV[2 + 2 * i])
  local total, first = struct.unpack('>I6', log), 7
  while first < #log do
    local ts, count = struct.unpack('>I6I6', log, first)
    if ts + length > now then
      break
    end
    total = total - count
    first = first + 12
  end
  local cell, at = cell_of(i, since), #log - 11
  while at >= first do
    local ts, count = struct.unpack('>I6I6', log, at)
    if cell_of(i, ts) < cell then
      break
    end
    table.insert(entries, 1, count)
    table.insert(entries, 1, ts)
    at = at - 12
  end
  return total, string.sub(log, first, at + 11), entries
end

local function write(i, total, older, entries)
  if older == '' and #entries == 0 then
    redis.call('DEL', KEYS[2 + i])
    return
  end
  local parts = { struct.pack('>I6', total), older }
  for at = 1, #entries, 2 do
    parts[#parts + 1] = struct.pack('>I6I6', entries[at], entries[at + 1])
  end
  local latest = entries[#entries - 1] or struct.unpack('>I6', older, #older - 11)
  local length = latest + ARGV[2 + 2 * i] - now
  redis.call('SET', KEYS[2 + i], table.concat(parts), 'PX', length)
end

local totals, older, windows = {}, {}, {}
for i = 1, n do
  totals[i], older[i], windows[i] = read(i)
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
  for i = 1, n do
    if date + ARGV[2 + 2 * i] > now then
      totals[i] = totals[i] - remove(i, windows[i], date, units) + spent
      if spent > 0 then
        add(i, windows[i], since, spent)
      end
    end
  end
  if counted and unspent > 0 then
    local used = tonumber(redis.call('GET', KEYS[#KEYS]) or '0')
    if used > 0 then
      redis.call('INCRBY', KEYS[#KEYS], -math.min(used, unspent))
    end
  end
  changed = true
end

local function first_of(i)
  return older[i] == '' and windows[i][1] or struct.unpack('>I6', older[i])
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
  for i = 1, n do
    granted = math.min(granted, math.floor((ARGV[1 + 2 * i] - totals[i]) / ARGV[tail + 7]))
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
  for i = 1, n do
    add(i, windows[i], date, granted)
    totals[i] = totals[i] + granted
    reply = reply .. string.format(' %.0f:%.0f', totals[i], first_of(i) + ARGV[2 + 2 * i] - now)
  end
  redis.call('HSET', leases, id, string.format('%d %.0f', granted, date + memory))
  redis.call('PEXPIRE', leases, lead + memory)
  changed = true
  return reply
end

local reply = grant()
if changed then
  for i = 1, n do
    write(i, totals[i], older[i], windows[i])
  end
end
return reply
