-- Deletes a claim that was applied, and the key's cached reports, which are out of date by then.
--
-- KEYS  1 pending set, 2 claim, 3 last batch acknowledged, 4 ledger, 5 names of claimed hashes, 6 names of cached reports,
--       7 index of changed keys (absent on a Cluster)
-- ARGV  1 prefix  2 key id  3 batch  4 epoch of the ledger when it was claimed  5 requests of that epoch taken with this
--       claim. If the claim and the ledger differed, the settlement recorded a mismatch, and the ledger continues from here
-- REPLY acknowledged | known
local prefix, id, batch = ARGV[1], ARGV[2], ARGV[3]
if redis.call('GET', KEYS[2]) ~= batch then
  return 'known'
end
local taken = redis.pcall('HGET', claimed_name(prefix, id, 'm'), 'total_requests')
taken = type(taken) == 'string' and tonumber(taken) and taken or '0'
for _, member in ipairs(named_by(KEYS[5])) do
  redis.call('UNLINK', claimed_name(prefix, id, member))
end
local reports = redis.pcall('SMEMBERS', KEYS[6])
for _, report in ipairs(reports.err and {} or reports) do
  redis.call('UNLINK', report)
end
redis.call('DEL', KEYS[2], KEYS[5], KEYS[6])
redis.call('SET', KEYS[3], batch, 'PX', LEDGER_TTL)
if redis.call('PEXPIRE', KEYS[4], LEDGER_TTL) == 1 then
  if redis.call('HGET', KEYS[4], 'epoch') == ARGV[4] then
    redis.call('HSET', KEYS[4], 'taken', ARGV[5])
  else
    -- An error is a table, a sum a number.
    local sum = redis.pcall('HINCRBY', KEYS[4], 'taken', taken)
    if type(sum) == 'table' then
      -- The ledger has no number, or one at the bound. The next recording starts a new one.
      redis.call('DEL', KEYS[4])
    end
  end
end
if KEYS[7] then
  if redis.call('EXISTS', KEYS[1]) == 1 then
    local time = redis.call('TIME')
    redis.call('ZADD', KEYS[7], string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)), id)
  else
    redis.call('ZREM', KEYS[7], id)
  end
end
return 'acknowledged'
