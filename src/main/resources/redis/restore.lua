-- Gives Redis what PostgreSQL remembers of an account, unless Redis knows better by now.
-- KEYS 1 the month's counter, 2 permanent ban, 3 lifted a moment ago
-- ARGV 1 units used  2 month's end in ms  3 BAN as in gate.lua, or empty
local KEPT = 604800000 -- a month's counter outlives the month, so that a late settlement still finds it
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', string.format('%.0f', ARGV[2] + KEPT), 'NX')
-- What was remembered may have been read just before an administrator lifted it.
if ARGV[3] ~= '' and redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('SET', KEYS[2], ARGV[3], 'NX')
end
return 'OK'
