-- Names of the keys of one API key, and functions that read them. Loaded before the scripts that need it.
-- A member of a key's pending set names one hash: m | p:PROVIDER | d:DAY | x:DAY:PROVIDER
local PENDING_TTL = 604800000 -- 7 days
local LEDGER_TTL = 691200000  -- 8 days: longer than the counts

local function totals_name(prefix, id)
  return prefix .. 'metrics:apikey:{' .. id .. '}'
end

local function provider_name(prefix, id, provider)
  return prefix .. 'metrics:provider:{' .. id .. '}:' .. provider
end

local function day_name(prefix, id, day)
  return prefix .. 'daily:' .. day .. ':apikey:{' .. id .. '}'
end

local function row_name(prefix, id, day, provider)
  return prefix .. 'daily:' .. day .. ':provider:{' .. id .. '}:' .. provider
end

local function pending_name(prefix, id, member)
  local kind = string.sub(member, 1, 1)
  if kind == 'm' then
    return totals_name(prefix, id)
  elseif kind == 'p' then
    return provider_name(prefix, id, string.sub(member, 3))
  elseif kind == 'd' then
    return day_name(prefix, id, string.sub(member, 3))
  end
  return row_name(prefix, id, string.match(member, '^x:([^:]+):(.+)$'))
end

local function claimed_name(prefix, id, member)
  return prefix .. 'claim:{' .. id .. '}:' .. member
end

-- Returns the members of a set. If the key is no set, returns the one hash that every API key has.
local function named_by(set)
  local members = redis.pcall('SMEMBERS', set)
  return members.err and { 'm' } or members
end

-- Describes a value that is no hash, on one line, to be quarantined.
local function describe(key)
  local kind = redis.call('TYPE', key).ok
  local value = kind == 'string' and redis.call('GETRANGE', key, 0, 999) or ''
  return kind .. ' ' .. string.gsub(value, '%c', ' ')
end

-- Returns the members of a set and the contents of their hashes, without missing ones. The contents are lines of one text,
-- which is much cheaper than nested lists: per hash its member, the number of lines that follow, then field, value, field,
-- value ... A value that is no hash comes as '!' and its member, and two lines that describe it.
local function contents(set, name, prefix, id)
  local members, lines, blocks = {}, {}, 0
  for _, member in ipairs(named_by(set)) do
    local named, key = pcall(name, prefix, id, member)
    local fields = named and redis.pcall('HGETALL', key) or { err = 'no name' }
    if fields.err then
      if named then
        members[#members + 1] = member
      end
      fields = { 'is', named and describe(key) or 'not a member that Tollgate writes' }
      member = '!' .. string.gsub(member, '%c', ' ')
    elseif #fields > 0 then
      members[#members + 1] = member
    end
    if #fields > 0 then
      blocks = blocks + 1
      lines[#lines + 1] = member
      lines[#lines + 1] = #fields
      lines[#lines + 1] = table.concat(fields, '\n')
    end
  end
  return members, table.concat(lines, '\n'), blocks
end

-- Returns the ID of a batch, nil for none. A reader ignores text that is no ID; the settlement handles it.
local function batch_at(key)
  local batch = redis.pcall('GET', key)
  return type(batch) == 'string' and #batch < 19 and string.match(batch, '^%d+$') or nil
end

-- Returns all unsettled usage of a key: last batch acknowledged, batch of the claim or '', how many hashes are pending, their
-- contents, the claimed hashes' contents, one per line.
-- KEYS  1 pending set, 2 claim, 3 last batch acknowledged, 4 names of claimed hashes   ARGV  1 prefix  2 key id
local function unsettled()
  local prefix, id = ARGV[1], ARGV[2]
  local batch = batch_at(KEYS[2])
  local _, pending, blocks = contents(KEYS[1], pending_name, prefix, id)
  local lines = { batch_at(KEYS[3]) or '0', batch or '', blocks }
  if blocks > 0 then
    lines[4] = pending
  end
  if batch then
    local _, claimed = contents(KEYS[4], claimed_name, prefix, id)
    lines[#lines + 1] = claimed
  end
  return table.concat(lines, '\n')
end
