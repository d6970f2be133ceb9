-- Counts a change and publishes it with its number to nodes of the previous release, which notice a missed one by the number.
-- Nodes of this release get the same number in a sealed message.
-- KEYS 1 the edition   ARGV 1 channel  2 change   REPLY the edition
local edition = redis.pcall('INCR', KEYS[1])
if type(edition) == 'table' then
  -- Not a number, so not written by Tollgate. Counting from 1 makes every node drop its caches.
  redis.call('DEL', KEYS[1])
  edition = redis.call('INCR', KEYS[1])
end
redis.call('PUBLISH', ARGV[1], edition .. ' ' .. ARGV[2])
return tostring(edition)
