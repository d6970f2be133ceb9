-- Reads INFO, on a Cluster of the node that holds the key. Sections that an ACL forbids are left out.
-- KEYS 1 any key   REPLY lines name:value
local sections = {}
for _, section in ipairs({ 'server', 'clients', 'memory', 'stats' }) do
  local info = redis.pcall('INFO', section)
  if type(info) == 'string' then
    sections[#sections + 1] = info
  end
end
return table.concat(sections, '\r\n')
