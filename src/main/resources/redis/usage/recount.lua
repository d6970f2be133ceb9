-- Starts a new ledger of a key with its unsettled requests. With a new epoch, earlier settled counts are not compared. Recordings
-- stay known, so that none is counted twice if it is sent again.
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
