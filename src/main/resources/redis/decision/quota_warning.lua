-- Marks a warning about a month's quota as given.
-- KEYS 1 the account's warnings of the month
-- ARGV 1 percent:quota  2 how long the mark is kept, in ms
-- REPLY 1 if it was not marked before, else 0
local added = redis.call('SADD', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return tostring(added)
