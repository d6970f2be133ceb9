-- Takes entries from the outbox of guards, oldest first.
-- KEYS 1 list   ARGV 1 entries at most   REPLY entries
local entries = redis.pcall('LRANGE', KEYS[1], 0, ARGV[1] - 1)
if entries.err then
  return {}
end
redis.call('LTRIM', KEYS[1], ARGV[1], -1)
return entries
