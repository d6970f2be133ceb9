-- All that is unsettled of a key, in one look.
--
-- KEYS  1 pending set, 2 claim, 3 last batch acknowledged, 4 names of claimed hashes
-- ARGV  1 prefix  2 key id
-- REPLY last batch acknowledged, batch of the claim or '', how many hashes are pending, their contents, the claimed
--       hashes' contents   one per line
local prefix, id = ARGV[1], ARGV[2]
local batch = redis.call('GET', KEYS[2])
local _, pending, blocks = contents(KEYS[1], pending_name, prefix, id)
local lines = { redis.call('GET', KEYS[3]) or '0', batch or '', blocks }
if blocks > 0 then
  lines[4] = pending
end
if batch then
  local _, claimed = contents(KEYS[4], claimed_name, prefix, id)
  lines[#lines + 1] = claimed
end
return table.concat(lines, '\n')
