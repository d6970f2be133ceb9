-- Reads the latest slow commands, newest first: their names and durations, without keys and arguments.
-- KEYS 1 any key   ARGV 1 how many
-- REPLY lines: id epoch-seconds microseconds command [script's digest], or '-' if an ACL forbids SLOWLOG
local log = redis.pcall('SLOWLOG', 'GET', ARGV[1])
if log['err'] then
  return '-'
end
local lines = {}
for _, entry in ipairs(log) do
  local words = { string.format('%.0f %.0f %.0f', entry[1], entry[2], entry[3]), string.upper(entry[4][1]) }
  if words[2] == 'EVALSHA' then
    words[3] = entry[4][2]
  end
  lines[#lines + 1] = table.concat(words, ' ')
end
return table.concat(lines, '\n')
