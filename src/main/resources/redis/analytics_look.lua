-- A cached report's settled part, and all that is unsettled of the key, in one look.
--
-- KEYS  1 pending set, 2 claim, 3 last batch acknowledged, 4 names of claimed hashes, 5 cached report
-- ARGV  1 prefix  2 key id
-- REPLY as read.lua's, then the cached report or ''
local prefix, id = ARGV[1], ARGV[2]
local batch = redis.call('GET', KEYS[2])
return {
  redis.call('GET', KEYS[3]) or '0',
  batch or '',
  contents(KEYS[1], pending_name, prefix, id),
  batch and contents(KEYS[4], claimed_name, prefix, id) or {},
  redis.call('GET', KEYS[5]) or ''
}
