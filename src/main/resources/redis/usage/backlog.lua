-- How many keys have something unsettled, and for how long the one that waits longest has had it.
-- KEYS 1 index of changed keys   REPLY keys milliseconds
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if not first[2] then
  return '0 0'
end
local time = redis.call('TIME')
local waits = math.max(0, time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(first[2]))
return string.format('%.0f %.0f', redis.call('ZCARD', KEYS[1]), waits)
