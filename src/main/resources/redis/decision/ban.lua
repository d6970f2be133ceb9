-- Bans a caller by hand. A ban in force that lasts longer stays and is the reply. Loaded after ban_format.lua.
-- KEYS 1 permanent ban, 2 temporary ban   ARGV 1 label  2 duration in ms, 0 for permanent  3 reason
-- REPLY now BAN, BAN as in gate.lua
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local stamp = string.format('%.0f', now)
local permanent = ban_at(KEYS[1])
if permanent then
  return stamp .. ' ' .. permanent
end
local duration = tonumber(ARGV[2])
if duration == 0 then
  local ban = ARGV[1] .. ' ' .. stamp .. ' 0 ' .. ARGV[3]
  redis.call('SET', KEYS[1], ban)
  return stamp .. ' ' .. ban
end
local ban = ban_at(KEYS[2])
if ban and tonumber(string.match(ban, '^%S+ %S+ (%S+)')) >= now + duration then
  return stamp .. ' ' .. ban
end
ban = ARGV[1] .. ' ' .. stamp .. ' ' .. string.format('%.0f', now + duration) .. ' ' .. ARGV[3]
redis.call('SET', KEYS[2], ban, 'PX', duration)
return stamp .. ' ' .. ban
