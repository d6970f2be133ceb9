-- Adds a node's counts of one second to the hash of the minute. A field is the second and the index of the count.
-- KEYS 1 the minute   ARGV 1 second of the minute, 2 .. counts   REPLY 'OK'
for i = 2, #ARGV do
  if ARGV[i] ~= '0' then
    redis.call('HINCRBY', KEYS[1], ARGV[1] .. ':' .. (i - 1), ARGV[i])
  end
end
redis.call('EXPIRE', KEYS[1], 3900)
return 'OK'
