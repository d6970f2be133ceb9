-- Draws a ticket for writing the shared lists.
-- KEYS 1 shared lists   REPLY the ticket, higher than all before
return tostring(redis.call('HINCRBY', KEYS[1], 'ticket', 1))
