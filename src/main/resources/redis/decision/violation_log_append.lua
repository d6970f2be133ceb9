-- Notes a violation in its caller's list.
-- KEYS 1 list   ARGV 1 entry, 2 most, 3 ms the list is kept   REPLY entries
local length = redis.pcall('LPUSH', KEYS[1], ARGV[1])
if type(length) == 'table' then
  -- No list: not written by us.
  redis.call('DEL', KEYS[1])
  length = redis.call('LPUSH', KEYS[1], ARGV[1])
end
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return tostring(length)
