-- Restores the state of an account from PostgreSQL, unless Redis has it again by now.
-- KEYS 1 the month's counter, 2 permanent ban, 3 mark of a lifted ban, 4 the caller's leases
-- ARGV 1 units used  2 month's end in ms  3 BAN as in gate.lua, or empty  4 the text of a mark whose seal is wrong, or empty
-- REPLY OK, or L and the mark of a lifted ban. The caller then checks the seal of the mark; if it is wrong, it calls again with
--       the mark as ARGV 4
local COUNTER_TTL = 604800000 -- ms; a counter outlives its month by 7 days, so that a late settlement finds it
local used = redis.pcall('GET', KEYS[1])
if type(used) == 'table' or (used and (#used > 15 or not string.find(used, '^%-?%d+$'))) then
  redis.call('DEL', KEYS[1])
end
if redis.call('SET', KEYS[1], ARGV[1], 'PXAT', string.format('%.0f', ARGV[2] + COUNTER_TTL), 'NX') then
  -- Their units are not in this counter, so they must not be given back to it.
  redis.call('DEL', KEYS[4])
end
if ARGV[3] ~= '' then
  -- The ban may have been read just before an administrator lifted it.
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
