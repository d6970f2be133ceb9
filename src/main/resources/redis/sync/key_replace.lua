-- Replaces the value of an API key, unless it is another one than was found before.
-- KEYS 1 the key's value   ARGV 1 the value found, '' for none or one of another type  2 the new value  3 its expiry in ms
-- REPLY 1 if written
local current = redis.pcall('GET', KEYS[1])
if type(current) == 'table' then
  redis.call('DEL', KEYS[1])
  current = false
end
if (current or '') ~= ARGV[1] then
  return '0'
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return '1'
