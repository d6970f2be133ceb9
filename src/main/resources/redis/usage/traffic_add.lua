-- Adds a node's share of a second to the minute's hash; fields are the second and the count's place.
-- KEYS 1 the minute   ARGV 1 second of the minute, 2 .. counts   REPLY 'OK'
for i = 2, #ARGV do
  if ARGV[i] ~= '0' then
    redis.call('HINCRBY', KEYS[1], ARGV[1] .. ':' .. (i - 1), ARGV[i])
  end
end
redis.call('EXPIRE', KEYS[1], 3900)
return 'OK'
