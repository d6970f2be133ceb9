-- Marks API keys as changed. On a Cluster, the index of changed keys has a slot of its own. Keys are marked there before
-- anything is recorded, and unmarked a minute after the last mark at the earliest, so that no crash in between loses a mark.
-- KEYS 1 index of changed keys   ARGV key ids   REPLY marked
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
for i = 1, #ARGV do
  redis.call('ZADD', KEYS[1], now, ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], 691200000)
return 'marked'
