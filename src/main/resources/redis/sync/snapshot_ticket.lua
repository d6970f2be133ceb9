-- Draws a ticket for writing the shared lists.
-- KEYS 1 shared lists   REPLY the ticket, higher than all before
local ticket = redis.pcall('HINCRBY', KEYS[1], 'ticket', 1)
if type(ticket) == 'table' then
  -- Not written by us: begun afresh.
  redis.call('DEL', KEYS[1])
  ticket = redis.call('HINCRBY', KEYS[1], 'ticket', 1)
end
return tostring(ticket)
