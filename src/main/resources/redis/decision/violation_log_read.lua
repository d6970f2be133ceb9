-- Reads a caller's violations.
-- KEYS 1 count of violations, 2 list   REPLY the count ('' if none), then the entries of the list
local reply = redis.pcall('LRANGE', KEYS[2], 0, -1)
if reply.err then
  reply = {}
end
local ledger = redis.pcall('GET', KEYS[1])
table.insert(reply, 1, type(ledger) == 'string' and ledger or '')
return reply
