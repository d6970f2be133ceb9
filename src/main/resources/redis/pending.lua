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

-- All that is unsettled of a key: last batch acknowledged, batch of the claim or '', how many hashes are pending, their
-- contents, the claimed hashes' contents, one per line.
-- KEYS  1 pending set, 2 claim, 3 last batch acknowledged, 4 names of claimed hashes   ARGV  1 prefix  2 key id
local function unsettled()
  local prefix, id = ARGV[1], ARGV[2]
  local batch = redis.call('GET', KEYS[2])
  local members, pending = contents(KEYS[1], pending_name, prefix, id)
  local lines = { redis.call('GET', KEYS[3]) or '0', batch or '', #members }
  if #members > 0 then
    lines[4] = pending
  end
  if batch then
    local _, claimed = contents(KEYS[4], claimed_name, prefix, id)
    lines[#lines + 1] = claimed
  end
  return table.concat(lines, '\n')
end
