-- Gives units of an admitted request back to the caller's windows and month. docs/adr/0016-leases.md has the rule.
--
-- The units may lie in a cell that began before the request, or be dated later by a lease. They are taken from the cell of the
-- request's instant and from older ones, newest first. Taking older units than the request's own is safe, since the request's own
-- stay longer; taking later ones would not be. What is not found has left the window.
--
-- KEYS  the windows, the month's counter (accounts only)
-- ARGV  1 how many windows  2 units  3 the instant of the request in ms  then per window: limit, length in ms
-- REPLY OK
local EXACT, CELLS = 100, 200

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local n, units, instant = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

for i = 1, n do
  local limit, length = tonumber(ARGV[2 + 2 * i]), tonumber(ARGV[3 + 2 * i])
  local cell = limit > EXACT and math.max(1, math.floor(length / CELLS)) or 1
  local log = redis.call('GET', KEYS[i])
  if log then
    local total, left = struct.unpack('>I6', log), units
    local kept, latest = {}, now
    for at = #log - 11, 7, -12 do
      local ts, count = struct.unpack('>I6I6', log, at)
      if ts + length <= now then
        total = total - count
      else
        if left > 0 and math.floor(ts / cell) <= math.floor(instant / cell) then
          local taken = math.min(left, count)
          left, count, total = left - taken, count - taken, total - taken
        end
        if count > 0 then
          table.insert(kept, 1, struct.pack('>I6I6', ts, count))
          latest = math.max(latest, ts)
        end
      end
    end
    if left < units then
      if #kept == 0 then
        redis.call('DEL', KEYS[i])
      else
        local length = latest + length - now
        redis.call('SET', KEYS[i], struct.pack('>I6', total) .. table.concat(kept), 'PX', length)
      end
    end
  end
end

if KEYS[n + 1] then
  local used = tonumber(redis.call('GET', KEYS[n + 1]) or '0')
  if used > 0 then
    redis.call('INCRBY', KEYS[n + 1], -math.min(used, units))
  end
end
return 'OK'
