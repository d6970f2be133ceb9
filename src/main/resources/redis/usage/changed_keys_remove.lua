-- Removes marks older than a minute; see changed_keys_add.lua.
-- KEYS 1 index of changed keys   ARGV key ids that had nothing pending   REPLY unmarked
local time = redis.call('TIME')
local old = time[1] * 1000 - 60000
for i = 1, #ARGV do
  local marked = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if marked and tonumber(marked) < old then
    redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return 'unmarked'
