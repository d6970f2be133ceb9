-- Reads sums of traffic.
-- KEYS the minutes, in order   ARGV 1 first second, 2 seconds, 3 seconds per sum
-- REPLY a line per sum that is not zero: its index and seven counts
local from, seconds, step = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local first = math.floor(from / 60) * 60
local sums = {}
for m = 1, #KEYS do
  local hash = redis.call('HGETALL', KEYS[m])
  for f = 1, #hash, 2 do
    local second, place = string.match(hash[f], '^(%d+):(%d+)$')
    local at = first + (m - 1) * 60 + tonumber(second) - from
    if at >= 0 and at < seconds then
      local bucket = math.floor(at / step)
      local sum = sums[bucket] or { 0, 0, 0, 0, 0, 0, 0 }
      sum[tonumber(place)] = sum[tonumber(place)] + tonumber(hash[f + 1])
      sums[bucket] = sum
    end
  end
end
local reply = {}
for bucket, sum in pairs(sums) do
  for i = 1, 7 do
    sum[i] = string.format('%.0f', sum[i])
  end
  reply[#reply + 1] = bucket .. ' ' .. table.concat(sum, ' ')
end
return reply
