-- Appends entries to the outbox of guards.
-- KEYS 1 list   ARGV 1 entries kept at most, then entries in order   REPLY number of entries dropped
local length = redis.pcall('RPUSH', KEYS[1], unpack(ARGV, 2))
if type(length) == 'table' then
  -- Not a list, so not written by Tollgate.
  redis.call('DEL', KEYS[1])
  length = redis.call('RPUSH', KEYS[1], unpack(ARGV, 2))
end
local most = tonumber(ARGV[1])
if length <= most then
  return '0'
end
redis.call('LTRIM', KEYS[1], 0, most - 1)
return tostring(length - most)
