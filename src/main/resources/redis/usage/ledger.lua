-- A key's ledger and the requests it must account for, in one look.
--
-- KEYS  1 claim, 2 last batch acknowledged, 3 ledger
-- ARGV  1 prefix  2 key id
-- REPLY {epoch, recorded, taken, pending requests, batch of the claim, claimed requests, last batch acknowledged}
local prefix, id = ARGV[1], ARGV[2]
local ledger = redis.call('HMGET', KEYS[3], 'epoch', 'recorded', 'taken')
local batch = redis.call('GET', KEYS[1])
return {
  ledger[1] or '0',
  ledger[2] or '0',
  ledger[3] or '0',
  redis.call('HGET', pending_name(prefix, id, 'm'), 'total_requests') or '0',
  batch or '0',
  batch and redis.call('HGET', claimed_name(prefix, id, 'm'), 'total_requests') or '0',
  redis.call('GET', KEYS[2]) or '0'
}
