-- Draws a ticket for writing the configuration snapshot.
-- KEYS 1 snapshot   REPLY the ticket, higher than all before
local ticket = redis.pcall('HINCRBY', KEYS[1], 'ticket', 1)
if type(ticket) == 'table' then
  -- Not a hash with a number, so not written by Tollgate.
  redis.call('DEL', KEYS[1])
  ticket = redis.call('HINCRBY', KEYS[1], 'ticket', 1)
end
return tostring(ticket)
