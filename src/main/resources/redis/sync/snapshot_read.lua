-- The shared lists.
-- KEYS 1 shared lists   REPLY their text, '' for none
return redis.call('HGET', KEYS[1], 'text') or ''
