-- Reads a cached report's settled part and all unsettled usage of the key.
-- KEYS  1 to 4 unsettled()'s, 5 cached report   ARGV  unsettled()'s
-- REPLY the cached report, which has no line breaks, or '', then unsettled()'s lines
local report = redis.pcall('GET', KEYS[5])
if type(report) ~= 'string' or string.find(report, '\n', 1, true) then
  report = ''
end
return report .. '\n' .. unsettled()
