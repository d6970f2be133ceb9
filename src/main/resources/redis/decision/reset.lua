-- Empties a caller's windows, and its month's counter if asked to, except for units that nodes hold on lease. Those stay charged
-- until the nodes report them, so nothing is admitted that is not charged. docs/adr/0016-leases.md has the rule. Loaded after
-- window_log.lua.
--
-- KEYS  the caller's leases, with a month: the month's counter, the warnings of the month; then the windows
-- ARGV  1 month's start in ms, '' for none  2 month's end in ms  3 how long a report is taken in ms
--       then per window: limit, length in ms
-- REPLY OK
--       S now | M now   nothing was changed: the counter is missing, see restore.lua | not the month of the counter
--       now is seconds and microseconds within, as TIME has them
local month, memory = ARGV[1], tonumber(ARGV[3])
local counted = month ~= ''
if counted then
  if now < tonumber(month) or now >= tonumber(ARGV[2]) then
    return string.format('M %s %s', time[1], time[2])
  end
  if redis.call('EXISTS', KEYS[2]) == 0 then
    return string.format('S %s %s', time[1], time[2])
  end
end

local held, charged = {}, 0
local leases = redis.pcall('HGETALL', KEYS[1])
if leases.err then
  redis.call('DEL', KEYS[1])
  leases = {}
end
for i = 2, #leases, 2 do
  local units, last, its_month = string.match(leases[i], '^(%d+) (%d+) (%d+)$')
  if units and tonumber(last) > now then
    held[#held + 1] = { date = last - memory, units = tonumber(units) }
    if its_month == month then
      charged = charged + units
    end
  end
end

-- Leaves in each cell at most what is on lease there.
local function keep_held(window)
  local kept, total = {}, 0
  for at = 1, #window.entries, 2 do
    local units = 0
    for _, lease in ipairs(held) do
      if math.floor(lease.date / window.cell) == math.floor(window.entries[at] / window.cell) then
        units = units + lease.units
      end
    end
    units = math.min(units, window.entries[at + 1])
    if units > 0 then
      kept[#kept + 1] = window.entries[at]
      kept[#kept + 1] = units
      total = total + units
    end
  end
  window.entries, window.total = kept, total
end

local first = counted and 3 or 1
for i = 1, #KEYS - first do
  local went, window = pcall(open_window, KEYS[first + i], ARGV[2 + 2 * i], ARGV[3 + 2 * i], 0)
  if went then
    keep_held(window)
    write_window(window)
  else
    redis.call('DEL', KEYS[first + i]) -- it cannot be read
  end
end

if counted then
  redis.call('SET', KEYS[2], string.format('%.0f', charged), 'KEEPTTL')
  redis.call('DEL', KEYS[3])
end
return 'OK'
