-- A month's counter.   KEYS 1 counter   REPLY what was used, or ''
local used = redis.pcall('GET', KEYS[1])
return type(used) == 'string' and used or ''
