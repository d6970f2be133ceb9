-- Keys with something unsettled, longest waiting first.
-- KEYS 1 index of changed keys   ARGV 1 how many to pass over  2 how many at most   REPLY the key ids
return redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1)
