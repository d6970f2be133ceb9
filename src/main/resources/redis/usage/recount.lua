-- Begins a key's ledger anew with what is unsettled of it. A new epoch: nothing is compared with what was settled before.
-- What was already recorded stays known, so that nothing sent again is counted twice.
--
-- KEYS  1 claim, 2 ledger
-- ARGV  1 prefix  2 key id
-- REPLY recounted
local prefix, id = ARGV[1], ARGV[2]
local pending = tonumber(redis.call('HGET', pending_name(prefix, id, 'm'), 'total_requests') or 0) or 0
local claimed = 0
if redis.call('EXISTS', KEYS[1]) == 1 then
  claimed = tonumber(redis.call('HGET', claimed_name(prefix, id, 'm'), 'total_requests') or 0) or 0
end
local time = redis.call('TIME')
redis.call('HDEL', KEYS[2], 'taken')
redis.call('HSET', KEYS[2], 'epoch', string.format('%.0f', time[1] * 1000000 + time[2]),
  'recorded', string.format('%.0f', pending + claimed))
redis.call('PEXPIRE', KEYS[2], LEDGER_TTL)
return 'recounted'
