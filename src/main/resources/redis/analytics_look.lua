-- A cached report's settled part, and all that is unsettled of the key, in one look.
--
-- KEYS  1 pending set, 2 claim, 3 last batch acknowledged, 4 names of claimed hashes, 5 cached report
-- ARGV  1 prefix  2 key id
-- REPLY the cached report, which has no line breaks, or '', then read.lua's reply   one per line
local prefix, id = ARGV[1], ARGV[2]
local batch = redis.call('GET', KEYS[2])
local members, pending = contents(KEYS[1], pending_name, prefix, id)
local lines = { redis.call('GET', KEYS[5]) or '', redis.call('GET', KEYS[3]) or '0', batch or '', #members }
if #members > 0 then
  lines[5] = pending
end
if batch then
  local _, claimed = contents(KEYS[4], claimed_name, prefix, id)
  lines[#lines + 1] = claimed
end
return table.concat(lines, '\n')
