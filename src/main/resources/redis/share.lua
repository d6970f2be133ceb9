-- Writes the shared lists, unless whoever drew a later ticket was faster, or Redis was emptied since this one was drawn.
-- KEYS 1 shared lists   ARGV 1 ticket  2 text   REPLY 1 if written
local state = redis.call('HMGET', KEYS[1], 'ticket', 'written')
local ticket = tonumber(ARGV[1])
if ticket > tonumber(state[1] or 0) or ticket <= tonumber(state[2] or 0) then
  return '0'
end
redis.call('HSET', KEYS[1], 'written', ARGV[1], 'text', ARGV[2])
return '1'
