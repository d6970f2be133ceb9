-- Caches a report's settled part, unless a batch that is not in it has been acknowledged. Rows read before a settlement must
-- not be cached after that settlement deleted the key's reports.
--
-- KEYS  1 to 4 unsettled()'s, 5 cached report, 6 names of the key's cached reports
-- ARGV  1 prefix  2 key id  3 settled part  4 last batch it holds  5 expiry in ms  6 reports kept per key
-- REPLY unsettled()'s
if tonumber(batch_at(KEYS[3]) or 0) <= tonumber(ARGV[4]) then
  redis.call('SET', KEYS[5], ARGV[3], 'PX', ARGV[5])
  if type(redis.pcall('SADD', KEYS[6], KEYS[5])) == 'table' then
    -- Not a set, so not written by Tollgate.
    redis.call('DEL', KEYS[6])
    redis.call('SADD', KEYS[6], KEYS[5])
  end
  -- The set expires with the last report, so every cached report is named in it.
  redis.call('PEXPIRE', KEYS[6], ARGV[5])
  for _ = tonumber(ARGV[6]) + 1, redis.call('SCARD', KEYS[6]) do
    redis.call('UNLINK', redis.call('SPOP', KEYS[6]))
  end
end
return unsettled()
