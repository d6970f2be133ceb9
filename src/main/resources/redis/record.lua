-- Adds one recording to a key's pending counts, unless it, or a later one of the same source, was added before. All that
-- can fail comes before the first write, so an error means that nothing was added.
--
-- KEYS  1 pending set, 2 ledger, 3 index of changed keys (absent on a Cluster, where it lies elsewhere)
-- ARGV  1 prefix  2 key id  3 source  4 sequence
--       then per provider and day: day, provider, the six counts in FIELDS' order, n, then n times: media type, files
-- REPLY added | known
local FIELDS = {
  'total_requests', 'successful_requests', 'failed_requests', 'total_files_uploaded', 'total_file_size', 'last_used_at'
}
local PROVIDERS = 100 -- kept apart per key and claim, the rest as OTHER
local TYPES = 100     -- kept apart per hash, the rest as OTHER
local SOURCES = 64    -- remembered per key
local OTHER = 'other'

local prefix, id, source, sequence = ARGV[1], ARGV[2], 'n:' .. ARGV[3], tonumber(ARGV[4])
local ledger = redis.call('HMGET', KEYS[2], source, 'epoch', 'recorded')
if ledger[1] and tonumber(ledger[1]) >= sequence then
  return 'known'
end

local function text(number)
  return string.format('%.0f', number)
end

local rows = {}
local requests = 0
local i = 5
while ARGV[i] do
  local row = { day = ARGV[i], provider = ARGV[i + 1], counts = {}, types = {} }
  for f = 1, 6 do
    row.counts[f] = tonumber(ARGV[i + 1 + f])
  end
  local n = tonumber(ARGV[i + 8])
  i = i + 9
  for _ = 1, n do
    row.types[#row.types + 1] = { ARGV[i], tonumber(ARGV[i + 1]) }
    i = i + 2
  end
  requests = requests + row.counts[1]
  rows[#rows + 1] = row
end

local order, sums

local function add(member, row)
  local sum = sums[member]
  if not sum then
    sum = { member = member, counts = { 0, 0, 0, 0, 0, 0 }, types = {}, files = {} }
    sums[member] = sum
    order[#order + 1] = sum
  end
  for f = 1, 5 do
    sum.counts[f] = sum.counts[f] + row.counts[f]
  end
  sum.counts[6] = math.max(sum.counts[6], row.counts[6])
  for _, pair in ipairs(row.types) do
    if not sum.files[pair[1]] then
      sum.files[pair[1]] = 0
      sum.types[#sum.types + 1] = pair[1]
    end
    sum.files[pair[1]] = sum.files[pair[1]] + pair[2]
  end
end

local function sum_up()
  order, sums = {}, {}
  for _, row in ipairs(rows) do
    add('m', row)
    add('p:' .. row.provider, row)
    add('d:' .. row.day, row)
    add('x:' .. row.day .. ':' .. row.provider, row)
  end
end

local function look(sum)
  sum.name = pending_name(prefix, id, sum.member)
  local wanted = { unpack(FIELDS) }
  for _, type in ipairs(sum.types) do
    wanted[#wanted + 1] = 'ft:' .. type
  end
  if #sum.types > 0 then
    wanted[#wanted + 1] = 'ft:' .. OTHER
  end
  sum.state = redis.call('HMGET', sum.name, unpack(wanted))
  sum.new = not sum.state[1]
end

-- Providers beyond the bound are renamed before anything else is looked at.
local function bound_providers()
  local known
  local renamed = false
  local seen = {}
  for _, row in ipairs(rows) do
    local provider = row.provider
    if provider ~= OTHER and seen[provider] == nil then
      local sum = sums['p:' .. provider]
      look(sum)
      seen[provider] = provider
      if sum.new then
        if not known then
          known = redis.call('SCARD', KEYS[1])
          if known >= PROVIDERS then
            known = 0
            for _, member in ipairs(redis.call('SMEMBERS', KEYS[1])) do
              if string.sub(member, 1, 2) == 'p:' then
                known = known + 1
              end
            end
          end
        end
        if known >= PROVIDERS then
          seen[provider] = OTHER
          renamed = true
        else
          known = known + 1
        end
      end
    end
    row.provider = seen[provider] or provider
  end
  if renamed then
    sum_up()
  end
end

local function fields_of(sum)
  local fields = {}
  for f = 1, 6 do
    local was = tonumber(sum.state[f] or 0) or 0
    local is = f == 6 and math.max(was, sum.counts[f]) or was + sum.counts[f]
    fields[#fields + 1] = FIELDS[f]
    fields[#fields + 1] = text(is)
  end
  local n = #sum.types
  if n > 0 then
    local room
    local others = tonumber(sum.state[6 + n + 1] or 0) or 0
    local more = 0
    for t, type in ipairs(sum.types) do
      local was = sum.state[6 + t]
      if type ~= OTHER and not was and not room then
        room = TYPES
        if not sum.new then
          room = TYPES - (redis.call('HLEN', sum.name) - 6) + (sum.state[6 + n + 1] and 1 or 0)
        end
      end
      if type == OTHER or (not was and room <= 0) then
        more = more + sum.files[type]
      else
        if not was then
          room = room - 1
        end
        fields[#fields + 1] = 'ft:' .. type
        fields[#fields + 1] = text((tonumber(was or 0) or 0) + sum.files[type])
      end
    end
    if more > 0 then
      fields[#fields + 1] = 'ft:' .. OTHER
      fields[#fields + 1] = text(others + more)
    end
  end
  return fields
end

-- Sources that have not been heard of for longest, once there are too many.
local function forgotten_sources()
  local forgotten = {}
  if not ledger[1] and redis.call('HLEN', KEYS[2]) >= SOURCES then
    local sources = {}
    local all = redis.call('HGETALL', KEYS[2])
    for f = 1, #all, 2 do
      if string.sub(all[f], 1, 2) == 'n:' then
        sources[#sources + 1] = { all[f], tonumber(all[f + 1]) or 0 }
      end
    end
    table.sort(sources, function(a, b)
      return a[2] < b[2]
    end)
    for s = 1, #sources - SOURCES / 2 do
      forgotten[#forgotten + 1] = sources[s][1]
    end
  end
  return forgotten
end

sum_up()
bound_providers()
local fresh = false
for _, sum in ipairs(order) do
  if not sum.state then
    look(sum)
  end
  sum.fields = fields_of(sum)
  fresh = fresh or sum.new
end
local forgotten = forgotten_sources()
local recorded = tonumber(ledger[3] or 0) or 0
if not ledger[2] then
  -- A ledger that was lost (evicted, say) begins with what there is.
  recorded = (tonumber(sums['m'].state[1] or 0) or 0)
    + (tonumber(redis.call('HGET', claimed_name(prefix, id, 'm'), 'total_requests') or 0) or 0)
end
local time = redis.call('TIME')

local entry = { source, text(sequence), 'recorded', text(recorded + requests) }
if not ledger[2] then
  entry[#entry + 1] = 'epoch'
  entry[#entry + 1] = text(time[1] * 1000000 + time[2])
end
redis.call('HSET', KEYS[2], unpack(entry))
if #forgotten > 0 then
  redis.call('HDEL', KEYS[2], unpack(forgotten))
end
for _, sum in ipairs(order) do
  redis.call('HSET', sum.name, unpack(sum.fields))
  if sum.new then
    redis.call('PEXPIRE', sum.name, PENDING_TTL)
    redis.call('SADD', KEYS[1], sum.member)
  end
end
if fresh or not ledger[2] then
  redis.call('PEXPIRE', KEYS[1], PENDING_TTL)
  redis.call('PEXPIRE', KEYS[2], LEDGER_TTL)
  if KEYS[3] then
    redis.call('ZADD', KEYS[3], 'NX', text(time[1] * 1000 + math.floor(time[2] / 1000)), id)
    redis.call('PEXPIRE', KEYS[3], LEDGER_TTL)
  end
end
return 'added'
