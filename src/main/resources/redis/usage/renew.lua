-- Renews the expiry of all unsettled usage of a key.
--
-- KEYS  1 pending set, 2 claim, 3 last batch acknowledged, 4 ledger, 5 names of claimed hashes,
--       6 index of changed keys (absent on a Cluster)
-- ARGV  1 prefix  2 key id
-- REPLY renewed
local prefix, id = ARGV[1], ARGV[2]
for _, member in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  redis.call('PEXPIRE', pending_name(prefix, id, member), PENDING_TTL)
end
for _, member in ipairs(redis.call('SMEMBERS', KEYS[5])) do
  redis.call('PEXPIRE', claimed_name(prefix, id, member), PENDING_TTL)
end
redis.call('PEXPIRE', KEYS[1], PENDING_TTL)
redis.call('PEXPIRE', KEYS[5], PENDING_TTL)
for k = 2, 4 do
  redis.call('PEXPIRE', KEYS[k], LEDGER_TTL)
end
if KEYS[6] then
  redis.call('PEXPIRE', KEYS[6], LEDGER_TTL)
end
return 'renewed'
