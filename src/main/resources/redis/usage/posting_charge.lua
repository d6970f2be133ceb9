-- Charges the cost of a batch of posted usage to its caller's minute, which begins with the first batch, or refuses it.
-- KEYS  1 the caller's counter: cells, and the end of its minute in milliseconds since the epoch
-- ARGV  1 cells  2 cells per minute at most
-- REPLY '' charged | milliseconds until the minute ends
local MINUTE = 60000
local cells, max = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local counter = redis.pcall('GET', KEYS[1])
local used, ends = string.match(type(counter) == 'string' and counter or '', '^(%d+) (%d+)$')
used, ends = tonumber(used or 0), tonumber(ends or 0)
-- An end more than a minute ahead comes from another clock, or was not written by Tollgate.
if ends <= now or ends > now + MINUTE then
  used, ends = 0, now + MINUTE
end
if used + cells > max then
  return string.format('%.0f', ends - now)
end
redis.call('SET', KEYS[1], string.format('%.0f %.0f', used + cells, ends), 'PX', string.format('%.0f', ends - now))
return ''
