-- A month's counter.   KEYS 1 counter   REPLY what was used, or ''
return redis.call('GET', KEYS[1]) or ''
