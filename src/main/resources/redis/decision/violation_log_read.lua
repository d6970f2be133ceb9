-- Reads a caller's violations.
-- KEYS 1 count of violations, 2 list   REPLY the count ('' if none), then the entries of the list
local reply = redis.pcall('LRANGE', KEYS[2], 0, -1)
if reply.err then
  reply = {}
end
local counted = redis.pcall('GET', KEYS[1])
table.insert(reply, 1, type(counted) == 'string' and counted or '')
return reply
