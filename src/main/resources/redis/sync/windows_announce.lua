-- Announces the windows of a node's route policies, which a reset of a caller empties. What was not announced for a day and an
-- hour goes: no window lasts longer than a day.
-- KEYS 1 the windows of all nodes, with the time they were announced   ARGV the windows
-- REPLY OK
local KEPT = 90000000 -- ms
local MAX = 10000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.pcall('HGETALL', KEYS[1])
if known.err or #known > 2 * MAX then
  redis.call('DEL', KEYS[1]) -- Tollgate did not write that
  known = {}
end
for i = 1, #known, 2 do
  if (tonumber(known[i + 1]) or 0) < now - KEPT then
    redis.call('HDEL', KEYS[1], known[i])
  end
end
for _, window in ipairs(ARGV) do
  redis.call('HSET', KEYS[1], window, string.format('%.0f', now))
end
redis.call('PEXPIRE', KEYS[1], KEPT)
return 'OK'
