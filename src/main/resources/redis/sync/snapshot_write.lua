-- Writes the configuration snapshot, unless one with a later ticket was written, or Redis was emptied since the ticket was drawn.
-- KEYS 1 snapshot   ARGV 1 ticket  2 text   REPLY 1 if written
local state = redis.call('HMGET', KEYS[1], 'ticket', 'written')
local ticket, drawn = tonumber(ARGV[1]), tonumber(state[1]) or 0
local written = tonumber(state[2]) or 0
-- A written ticket above the last drawn one is not from Tollgate, so it does not count.
if ticket > drawn or (ticket <= written and written <= drawn) then
  return '0'
end
redis.call('HSET', KEYS[1], 'written', ARGV[1], 'text', ARGV[2])
return '1'
