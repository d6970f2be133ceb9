-- Reads the windows of all nodes' route policies.
-- KEYS 1 as in windows_announce.lua   REPLY the windows, one a line
local known = redis.pcall('HGETALL', KEYS[1])
local windows = {}
for i = 1, #known, 2 do
  windows[#windows + 1] = known[i]
end
return table.concat(windows, '\n')
