-- Hands over what only a node with a database can keep.
-- KEYS 1 list   ARGV 1 most, then entries in order   REPLY how many found no room
local length = redis.pcall('RPUSH', KEYS[1], unpack(ARGV, 2))
if type(length) == 'table' then
  -- No list: not written by us.
  redis.call('DEL', KEYS[1])
  length = redis.call('RPUSH', KEYS[1], unpack(ARGV, 2))
end
local most = tonumber(ARGV[1])
if length <= most then
  return '0'
end
redis.call('LTRIM', KEYS[1], 0, most - 1)
return tostring(length - most)
