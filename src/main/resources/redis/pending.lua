-- Names of what is kept per API key. This file goes before the scripts that need it.
-- A member of a key's pending set names one hash: m | p:PROVIDER | d:DAY | x:DAY:PROVIDER
local PENDING_TTL = 604800000 -- 7 days
local LEDGER_TTL = 691200000  -- 8 days: outlives what it counts

local function pending_name(prefix, id, member)
  local kind = string.sub(member, 1, 1)
  if kind == 'm' then
    return prefix .. 'metrics:apikey:{' .. id .. '}'
  elseif kind == 'p' then
    return prefix .. 'metrics:provider:{' .. id .. '}:' .. string.sub(member, 3)
  elseif kind == 'd' then
    return prefix .. 'daily:' .. string.sub(member, 3) .. ':apikey:{' .. id .. '}'
  end
  local day, provider = string.match(member, '^x:([^:]+):(.+)$')
  return prefix .. 'daily:' .. day .. ':provider:{' .. id .. '}:' .. provider
end

local function claimed_name(prefix, id, member)
  return prefix .. 'claim:{' .. id .. '}:' .. member
end

-- The hashes a set names, leaving out those that are gone: their members, and as lines of one text, which is much cheaper
-- to send and to read than lists in lists: per hash its member, how many lines follow, then field, value, field, value ...
local function contents(set, name, prefix, id)
  local members, lines = {}, {}
  for _, member in ipairs(redis.call('SMEMBERS', set)) do
    local fields = redis.call('HGETALL', name(prefix, id, member))
    if #fields > 0 then
      members[#members + 1] = member
      lines[#lines + 1] = member
      lines[#lines + 1] = #fields
      lines[#lines + 1] = table.concat(fields, '\n')
    end
  end
  return members, table.concat(lines, '\n')
end

