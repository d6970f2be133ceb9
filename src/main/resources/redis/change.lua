-- Tells every node of an edit: counts it and sends it with its count, so that a node can tell whether it missed one.
-- KEYS 1 the edition   ARGV 1 channel  2 what changed   REPLY the edition
local edition = redis.call('INCR', KEYS[1])
redis.call('PUBLISH', ARGV[1], edition .. ' ' .. ARGV[2])
return tostring(edition)
