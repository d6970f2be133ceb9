-- A caller's violations.
-- KEYS 1 ledger, 2 list   REPLY the ledger ('' if none), then the list's entries
local reply = redis.call('LRANGE', KEYS[2], 0, -1)
table.insert(reply, 1, redis.call('GET', KEYS[1]) or '')
return reply
