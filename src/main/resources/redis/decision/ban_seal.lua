-- Writes the seal of a permanent ban if one is given and the ban is the same; else reads it.
-- KEYS 1 permanent ban, 2 its seal   ARGV 1 the ban as it must be  2 its seal, '' to read it
-- REPLY the seal, '' for none
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then
  return ''
end
if ARGV[2] ~= '' then
  redis.call('SET', KEYS[2], ARGV[2])
  return ARGV[2]
end
local seal = redis.pcall('GET', KEYS[2])
return type(seal) == 'string' and seal or ''
