-- Takes a key's pending counts out for a batch; an earlier claim that was never acknowledged is given back instead.
--
-- KEYS  1 pending set, 2 claim, 3 last batch acknowledged, 4 ledger, 5 names of claimed hashes,
--       6 index of changed keys (absent on a Cluster)
-- ARGV  1 prefix  2 key id  3 batch
-- REPLY '' nothing there | refused, last batch acknowledged |
--       batch, epoch, recorded, taken, pending requests, contents   one per line
local prefix, id, batch = ARGV[1], ARGV[2], ARGV[3]
local earlier = redis.call('GET', KEYS[2])
local members, found
if earlier then
  batch = earlier
  members, found = contents(KEYS[5], claimed_name, prefix, id)
else
  local settled = redis.call('GET', KEYS[3])
  if settled and tonumber(settled) >= tonumber(batch) then
    return 'refused\n' .. settled
  end
  members, found = contents(KEYS[1], pending_name, prefix, id)
  if #members == 0 then
    redis.call('DEL', KEYS[1])
    if KEYS[6] then
      redis.call('ZREM', KEYS[6], id)
    end
    return ''
  end
  redis.call('SET', KEYS[2], batch, 'PX', LEDGER_TTL)
  for _, member in ipairs(members) do
    redis.call('RENAME', pending_name(prefix, id, member), claimed_name(prefix, id, member))
  end
  redis.call('RENAME', KEYS[1], KEYS[5])
end
local ledger = redis.call('HMGET', KEYS[4], 'epoch', 'recorded', 'taken')
local pending = earlier and redis.call('HGET', pending_name(prefix, id, 'm'), 'total_requests') or '0'
return table.concat({ batch, ledger[1] or '0', ledger[2] or '0', ledger[3] or '0', pending or '0', found }, '\n')
