-- Lifts any ban of a caller and deletes its violations. Loaded after ban_format.lua.
-- KEYS 1 permanent ban, 2 temporary ban, 3 violations, 4 mark of the lifted ban, 5 the permanent ban's seal
-- ARGV 1 the sealed mark
-- REPLY BAN as in gate.lua, or an empty string
local MARK_TTL = 60000 -- ms; longer than a read of PostgreSQL takes, so that restore.lua does not restore the ban
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ban = ban_at(KEYS[1])
if not ban then
  ban = ban_at(KEYS[2])
  if ban and tonumber(string.match(ban, '^%S+ %S+ (%S+)')) <= now then
    ban = false
  end
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[5])
redis.call('SET', KEYS[4], ARGV[1], 'PX', MARK_TTL)
return ban or ''
