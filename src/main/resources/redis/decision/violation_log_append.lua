-- Appends a violation to its caller's list.
-- KEYS 1 list   ARGV 1 entry, 2 entries kept at most, 3 ms the list is kept   REPLY number of entries
local length = redis.pcall('LPUSH', KEYS[1], ARGV[1])
if type(length) == 'table' then
  -- Not a list, so not written by Tollgate.
  redis.call('DEL', KEYS[1])
  length = redis.call('LPUSH', KEYS[1], ARGV[1])
end
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return tostring(length)
