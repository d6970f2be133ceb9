-- Hands over what only a node with a database can keep.
-- KEYS 1 list   ARGV 1 most, then entries in order   REPLY how many found no room
local length = redis.call('RPUSH', KEYS[1], unpack(ARGV, 2))
local most = tonumber(ARGV[1])
if length <= most then
  return '0'
end
redis.call('LTRIM', KEYS[1], 0, most - 1)
return tostring(length - most)
