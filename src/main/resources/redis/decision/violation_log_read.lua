-- A caller's violations.
-- KEYS 1 ledger, 2 list   REPLY the ledger ('' if none), then the list's entries
local reply = redis.pcall('LRANGE', KEYS[2], 0, -1)
if reply.err then
  reply = {}
end
local ledger = redis.pcall('GET', KEYS[1])
table.insert(reply, 1, type(ledger) == 'string' and ledger or '')
return reply
