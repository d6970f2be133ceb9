-- Takes what was handed over, oldest first.
-- KEYS 1 list   ARGV 1 how many at most   REPLY entries
local entries = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
redis.call('LTRIM', KEYS[1], ARGV[1], -1)
return entries
