-- Returns API keys with pending usage, oldest first.
-- KEYS 1 index of changed keys   ARGV 1 keys to skip  2 keys at most   REPLY the key ids
return redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1)
