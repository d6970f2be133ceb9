-- What a server says of itself: of a Cluster's, the one this key lies on. Sections it may not tell are left out.
-- KEYS 1 any key   REPLY lines name:value
local sections = {}
for _, section in ipairs({ 'server', 'clients', 'memory', 'stats' }) do
  local told = redis.pcall('INFO', section)
  if type(told) == 'string' then
    sections[#sections + 1] = told
  end
end
return table.concat(sections, '\r\n')
