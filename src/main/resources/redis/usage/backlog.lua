-- Returns the number of API keys with pending usage, and how long the oldest has waited.
-- KEYS 1 index of changed keys   REPLY keys milliseconds
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if not first[2] then
  return '0 0'
end
local time = redis.call('TIME')
local waits = math.max(0, time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(first[2]))
return string.format('%.0f %.0f', redis.call('ZCARD', KEYS[1]), waits)
