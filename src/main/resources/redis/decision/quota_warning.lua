-- Marks a warning about a month's quota as given.
-- KEYS 1 the account's warnings of the month
-- ARGV 1 percent  2 when the mark may be forgotten, in ms since the epoch
-- REPLY 1 if it was not marked before, else 0
local added = redis.call('SADD', KEYS[1], ARGV[1])
redis.call('PEXPIREAT', KEYS[1], ARGV[2])
return tostring(added)
