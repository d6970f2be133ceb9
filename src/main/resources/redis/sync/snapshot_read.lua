-- Reads the configuration snapshot.
-- KEYS 1 snapshot   REPLY its text, '' for none
return redis.call('HGET', KEYS[1], 'text') or ''
