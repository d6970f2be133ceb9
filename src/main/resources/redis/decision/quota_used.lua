-- Reads a month's counter.
-- KEYS 1 counter   REPLY units used, '' for none
local used = redis.pcall('GET', KEYS[1])
return type(used) == 'string' and used or ''
