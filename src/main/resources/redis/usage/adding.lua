-- Functions that add usage to API keys' pending counts. Loaded after pending.lua and before the scripts that use them. All that
-- can fail is in plan(), which writes nothing; write() follows. An error therefore means that nothing was added.
--
-- KEYS  of each API key in turn: pending set, ledger; then the index of changed keys (absent on a Cluster, where it lies
--       elsewhere)
-- ARGV  1 prefix
local FIELDS = {
  'total_requests', 'successful_requests', 'failed_requests', 'total_files_uploaded', 'total_file_size', 'last_used_at'
}
local PROVIDERS = 100 -- kept per key and claim; others count as OTHER
local TYPES = 100     -- kept per hash; others count as OTHER
local OTHER = 'other'
local EXACT = 9007199254740991 -- 2^53 - 1: above it, Lua's doubles lose units

local function text(number)
  return string.format('%.0f', number)
end

-- Returns the text of an error, which is a table since Redis 7.
local function words(failure)
  return type(failure) == 'table' and failure.err or tostring(failure)
end

-- Reads a row of ARGV: day, provider, the six counts in the order of FIELDS, n, then n times media type and files. Returns the
-- row and the index after it.
local function row_at(i)
  local row = { day = ARGV[i], provider = ARGV[i + 1], counts = {}, types = {}, files = {} }
  for f = 1, 6 do
    row.counts[f] = tonumber(ARGV[i + 1 + f])
  end
  local n = tonumber(ARGV[i + 8])
  i = i + 9
  for t = 1, n do
    row.types[t] = ARGV[i]
    row.files[ARGV[i]] = tonumber(ARGV[i + 1])
    i = i + 2
  end
  return row, i
end

local prefix = ARGV[1]
local index = #KEYS % 2 == 1 and KEYS[#KEYS]
local set, ledger, id -- of the API key that the functions below work on
local rows, order, sums

local function about(n, key_id)
  set, ledger, id = KEYS[2 * n - 1], KEYS[2 * n], key_id
  rows, order, sums = nil, nil, nil
end

-- Adds a row to the sum for one hash. With a single row, the common case, the sum uses the counts of the row itself.
local function add(member, row)
  local sum = sums[member]
  if not sum then
    sum = { member = member, row = row, counts = row.counts, types = row.types, files = row.files }
    sums[member] = sum
    order[#order + 1] = sum
    return
  end
  if sum.row then
    local first = sum.row
    sum.row, sum.counts, sum.types, sum.files = nil, { unpack(first.counts) }, {}, {}
    for t, type in ipairs(first.types) do
      sum.types[t] = type
      sum.files[type] = first.files[type]
    end
  end
  for f = 1, 5 do
    sum.counts[f] = sum.counts[f] + row.counts[f]
  end
  sum.counts[6] = math.max(sum.counts[6], row.counts[6])
  for _, type in ipairs(row.types) do
    if not sum.files[type] then
      sum.files[type] = 0
      sum.types[#sum.types + 1] = type
    end
    sum.files[type] = sum.files[type] + row.files[type]
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

local AT_ONCE = 1000

-- Returns the fields to read: those that something is added to, or all; then those of the types.
local function wanted(sum, all)
  local fields = { which = {} }
  for f = 1, 6 do
    if all or f == 1 or sum.counts[f] > 0 then
      fields[#fields + 1] = FIELDS[f]
      fields.which[#fields] = f
    end
  end
  for _, type in ipairs(sum.types) do
    fields[#fields + 1] = 'ft:' .. type
  end
  if #sum.types > 0 then
    fields[#fields + 1] = 'ft:' .. OTHER
  end
  return fields
end

local function see(sum, fields)
  sum.which = fields.which
  if #fields <= AT_ONCE then
    sum.state = redis.call('HMGET', sum.name, unpack(fields))
    return
  end
  -- In portions: one recording may have more types than unpack can return.
  sum.state = {}
  for from = 1, #fields, AT_ONCE do
    local portion = redis.call('HMGET', sum.name, unpack(fields, from, math.min(from + AT_ONCE - 1, #fields)))
    for i, value in ipairs(portion) do
      sum.state[from + i - 1] = value
    end
  end
end

local function look(sum)
  sum.name = pending_name(prefix, id, sum.member)
  local row = sum.row
  if row then
    row.wanted = row.wanted or wanted(sum)
    see(sum, row.wanted)
  else
    see(sum, wanted(sum))
  end
  sum.new = not sum.state[1]
  if sum.new then
    -- A new hash gets all fields, so that readers find each.
    see(sum, wanted(sum, true))
  end
end

-- Renames providers beyond the bound, before anything else is read.
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
          known = redis.call('SCARD', set)
          if known >= PROVIDERS then
            known = 0
            for _, member in ipairs(redis.call('SMEMBERS', set)) do
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
  local plain = #sum.which
  sum.highest, sum.requests = 0, 0
  for i, f in ipairs(sum.which) do
    local was = tonumber(sum.state[i] or 0) or 0
    local is = f == 6 and math.max(was, sum.counts[f]) or was + sum.counts[f]
    if f < 6 then
      sum.highest = math.max(sum.highest, is)
    end
    if f <= 3 then
      sum.requests = math.max(sum.requests, is)
    end
    fields[2 * i - 1] = FIELDS[f]
    fields[2 * i] = text(math.min(is, EXACT))
  end
  local n = #sum.types
  if n > 0 then
    local room
    local others = tonumber(sum.state[plain + n + 1] or 0) or 0
    local more = 0
    for t, type in ipairs(sum.types) do
      local was = sum.state[plain + t]
      if type ~= OTHER and not was and not room then
        room = TYPES
        if not sum.new then
          room = TYPES - (redis.call('HLEN', sum.name) - 6) + (sum.state[plain + n + 1] and 1 or 0)
        end
      end
      if type == OTHER or (not was and room <= 0) then
        more = more + sum.files[type]
      else
        if not was then
          room = room - 1
        end
        fields[#fields + 1] = 'ft:' .. type
        fields[#fields + 1] = text(math.min((tonumber(was or 0) or 0) + sum.files[type], EXACT))
      end
    end
    if more > 0 then
      fields[#fields + 1] = 'ft:' .. OTHER
      fields[#fields + 1] = text(math.min(others + more, EXACT))
    end
  end
  return fields
end

-- Reads everything and writes nothing. The ledger is given by its epoch and its recorded requests.
-- Files and bytes stop growing at EXACT. Requests do not, or the ledger would not balance; a recording beyond is refused.
local plan
function plan(given, ledger_epoch, ledger_recorded)
  rows = given
  sum_up()
  bound_providers()
  local requests = 0
  for _, row in ipairs(rows) do
    requests = requests + row.counts[1]
  end
  local fresh = not ledger_epoch
  for _, sum in ipairs(order) do
    if not sum.state then
      look(sum)
    end
    sum.fields = fields_of(sum)
    fresh = fresh or sum.new
  end
  local recorded = tonumber(ledger_recorded or 0) or 0
  if not ledger_epoch then
    -- A lost ledger, such as an evicted one, starts with the requests there are.
    recorded = (tonumber(sums['m'].state[1] or 0) or 0)
      + (tonumber(redis.call('HGET', claimed_name(prefix, id, 'm'), 'total_requests') or 0) or 0)
  end
  if ledger_epoch and recorded + requests > EXACT then
    -- Not written by Tollgate. A new ledger balances again.
    return plan(given, nil, nil)
  end
  return { fresh = fresh, begun = ledger_epoch, recorded = recorded + requests, too_many = sums['m'].requests > EXACT }
end

-- Marks a key as changed that has a damaged value, such as another type under the name of a hash. The settlement quarantines
-- it, and usage can be added again afterwards. ZADD and SADD add no counts.
local function mark_damaged()
  for _, sum in ipairs(order or {}) do
    redis.pcall('SADD', set, sum.member)
  end
  redis.pcall('PEXPIRE', set, PENDING_TTL)
  if index then
    local time = redis.call('TIME')
    redis.pcall('ZADD', index, 'NX', text(time[1] * 1000 + math.floor(time[2] / 1000)), id)
    redis.pcall('PEXPIRE', index, LEDGER_TTL)
  end
end

local function ledger_fields(...)
  local fields = redis.pcall('HMGET', ledger, ...)
  if fields.err then
    mark_damaged()
    error(fields.err, 0)
  end
  return fields
end

local function plan_or_mark(given, ledger_epoch, ledger_recorded)
  local ok, planned = pcall(plan, given, ledger_epoch, ledger_recorded)
  if not ok then
    mark_damaged()
    error(words(planned), 0)
  end
  return planned
end

-- Writes a plan, with further fields of the ledger.
local function write(planned, time, entry, removed)
  entry[#entry + 1] = 'recorded'
  entry[#entry + 1] = text(planned.recorded)
  if not planned.begun then
    entry[#entry + 1] = 'epoch'
    entry[#entry + 1] = text(time[1] * 1000000 + time[2])
  end
  if not planned.begun then
    redis.call('HDEL', ledger, 'taken')
  end
  redis.call('HSET', ledger, unpack(entry))
  if #removed > 0 then
    redis.call('HDEL', ledger, unpack(removed))
  end
  local members = {}
  for s, sum in ipairs(order) do
    redis.call('HSET', sum.name, unpack(sum.fields))
    members[s] = sum.member
  end
  -- All of them, not only new ones, so that the set is complete again if it was lost.
  if redis.call('SADD', set, unpack(members)) > 0 then
    planned.fresh = true
    for _, sum in ipairs(order) do
      redis.call('PEXPIRE', sum.name, PENDING_TTL)
    end
  end
  if planned.fresh then
    redis.call('PEXPIRE', set, PENDING_TTL)
    redis.call('PEXPIRE', ledger, LEDGER_TTL)
    if index then
      redis.call('ZADD', index, 'NX', text(time[1] * 1000 + math.floor(time[2] / 1000)), id)
      redis.call('PEXPIRE', index, LEDGER_TTL)
    end
  end
end
