-- Gives Redis what PostgreSQL remembers of an account, unless Redis knows better by now.
-- KEYS 1 the month's counter, 2 permanent ban, 3 lifted a moment ago
-- ARGV 1 units used  2 month's end in ms  3 BAN as in gate.lua, or empty  4 a text at 3 that bears no right seal, or empty
-- REPLY OK, or L and the text that says that a ban was just lifted: whoever asked has to look at its seal, and to ask again with
--       it if that is wrong
local KEPT = 604800000 -- a month's counter outlives the month, so that a late settlement still finds it
local used = redis.pcall('GET', KEYS[1])
if type(used) == 'table' or (used and (#used > 15 or not string.find(used, '^%-?%d+$'))) then
  redis.call('DEL', KEYS[1])
end
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', string.format('%.0f', ARGV[2] + KEPT), 'NX')
if ARGV[3] ~= '' then
  -- What was remembered may have been read just before an administrator lifted it.
  local lifted = redis.pcall('GET', KEYS[3])
  if type(lifted) == 'string' and lifted ~= ARGV[4] then
    return 'L' .. lifted
  end
  if lifted then
    redis.call('DEL', KEYS[3])
  end
  redis.call('SET', KEYS[2], ARGV[3], 'NX')
end
return 'OK'
