-- Claims a key's pending counts for a batch. An earlier claim that was not acknowledged is returned instead.
--
-- KEYS  1 pending set, 2 claim, 3 last batch acknowledged, 4 ledger, 5 names of claimed hashes,
--       6 index of changed keys (absent on a Cluster)
-- ARGV  1 prefix  2 key id  3 batch
-- REPLY '' nothing pending | refused, last batch acknowledged |
--       batch, epoch, recorded, taken, pending requests, contents   one per line
local prefix, id, batch = ARGV[1], ARGV[2], ARGV[3]
local ledger = redis.pcall('HMGET', KEYS[4], 'epoch', 'recorded', 'taken')
if ledger.err then
  redis.call('DEL', KEYS[4])
  ledger = {}
end
local earlier = redis.pcall('GET', KEYS[2])
local members, found
if earlier and tonumber(earlier) then
  batch = earlier
  members, found = contents(KEYS[5], claimed_name, prefix, id)
elseif earlier then
  -- The ID of the batch is unreadable, so it is not known whether the claim was applied.
  redis.call('SET', KEYS[2], batch, 'PX', LEDGER_TTL)
  members, found = contents(KEYS[5], claimed_name, prefix, id)
  found = '!claim\n2\nis\nof an unknown batch' .. (found ~= '' and '\n' or '') .. found
else
  local settled = redis.pcall('GET', KEYS[3])
  if settled and tonumber(settled) and tonumber(settled) >= tonumber(batch) then
    return 'refused\n' .. settled
  end
  members, found = contents(KEYS[1], pending_name, prefix, id)
  if found == '' then
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
local pending = earlier and redis.pcall('HGET', pending_name(prefix, id, 'm'), 'total_requests') or '0'
if type(pending) == 'table' then
  pending = '0'
end
return table.concat({ batch, ledger[1] or '0', ledger[2] or '0', ledger[3] or '0', pending, found }, '\n')
