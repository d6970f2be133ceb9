-- Puts a key's value in the place of what was found there, unless something else came there meanwhile.
-- KEYS 1 the key's value   ARGV 1 what was found, '' for nothing that is text  2 the value  3 ms it is kept   REPLY 1 if written
local there = redis.pcall('GET', KEYS[1])
if type(there) == 'table' then
  redis.call('DEL', KEYS[1])
  there = false
end
if (there or '') ~= ARGV[1] then
  return '0'
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return '1'
