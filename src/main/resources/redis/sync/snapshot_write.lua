-- Writes the shared lists, unless whoever drew a later ticket was faster, or Redis was emptied since this one was drawn.
-- KEYS 1 shared lists   ARGV 1 ticket  2 text   REPLY 1 if written
local state = redis.call('HMGET', KEYS[1], 'ticket', 'written')
local ticket, drawn = tonumber(ARGV[1]), tonumber(state[1]) or 0
local written = tonumber(state[2]) or 0
-- One that was never drawn is none of ours: it must not keep lists from being written.
if ticket > drawn or (ticket <= written and written <= drawn) then
  return '0'
end
redis.call('HSET', KEYS[1], 'written', ARGV[1], 'text', ARGV[2])
return '1'
