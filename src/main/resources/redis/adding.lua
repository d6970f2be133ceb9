-- How usage is added to a key's pending counts; goes after pending.lua and before the scripts that do so. All that can fail
-- comes in plan(), before the first write, which is write()'s: an error means that nothing was added.
--
-- KEYS  1 pending set, 2 ledger, 3 index of changed keys (absent on a Cluster, where it lies elsewhere)
-- ARGV  1 prefix  2 key id
local FIELDS = {
  'total_requests', 'successful_requests', 'failed_requests', 'total_files_uploaded', 'total_file_size', 'last_used_at'
}
local PROVIDERS = 100 -- kept apart per key and claim, the rest as OTHER
local TYPES = 100     -- kept apart per hash, the rest as OTHER
local OTHER = 'other'

local function text(number)
  return string.format('%.0f', number)
end

-- A row of ARGV: day, provider, the six counts in FIELDS' order, n, then n times: media type, files. Gives where it ends, too.
local function row_at(i)
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
  return row, i
end

local prefix, id = ARGV[1], ARGV[2]
local rows, order, sums

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

local AT_ONCE = 1000

local function look(sum)
  sum.name = pending_name(prefix, id, sum.member)
  local wanted = { unpack(FIELDS) }
  for _, type in ipairs(sum.types) do
    wanted[#wanted + 1] = 'ft:' .. type
  end
  if #sum.types > 0 then
    wanted[#wanted + 1] = 'ft:' .. OTHER
  end
  -- In portions: one recording may bring more types than unpack can hold.
  sum.state = {}
  for from = 1, #wanted, AT_ONCE do
    local portion = redis.call('HMGET', sum.name, unpack(wanted, from, math.min(from + AT_ONCE - 1, #wanted)))
    for i, value in ipairs(portion) do
      sum.state[from + i - 1] = value
    end
  end
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

-- Looks at everything and changes nothing. The ledger is its epoch and what it says was recorded.
local function plan(given, ledger_epoch, ledger_recorded)
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
    -- A ledger that was lost (evicted, say) begins with what there is.
    recorded = (tonumber(sums['m'].state[1] or 0) or 0)
      + (tonumber(redis.call('HGET', claimed_name(prefix, id, 'm'), 'total_requests') or 0) or 0)
  end
  return { fresh = fresh, begun = ledger_epoch, recorded = recorded + requests }
end

-- A key with something in the way, such as a value of another type under the name of a hash, is marked as changed, so that the
-- settlement sets aside what it finds there; then what could not be added now can be. ZADD and SADD add no counts.
local function mark_spoiled()
  for _, sum in ipairs(order or {}) do
    redis.pcall('SADD', KEYS[1], sum.member)
  end
  redis.pcall('PEXPIRE', KEYS[1], PENDING_TTL)
  if KEYS[3] then
    local time = redis.call('TIME')
    redis.pcall('ZADD', KEYS[3], 'NX', text(time[1] * 1000 + math.floor(time[2] / 1000)), id)
    redis.pcall('PEXPIRE', KEYS[3], LEDGER_TTL)
  end
end

local function ledger_fields(...)
  local fields = redis.pcall('HMGET', KEYS[2], ...)
  if fields.err then
    mark_spoiled()
    error(fields.err, 0)
  end
  return fields
end

local function plan_or_mark(given, ledger_epoch, ledger_recorded)
  local ok, planned = pcall(plan, given, ledger_epoch, ledger_recorded)
  if not ok then
    mark_spoiled()
    error(type(planned) == 'table' and planned.err or planned, 0)
  end
  return planned
end

-- Writes what was planned, and the ledger's further fields with it.
local function write(planned, time, entry, forgotten)
  entry[#entry + 1] = 'recorded'
  entry[#entry + 1] = text(planned.recorded)
  if not planned.begun then
    entry[#entry + 1] = 'epoch'
    entry[#entry + 1] = text(time[1] * 1000000 + time[2])
  end
  redis.call('HSET', KEYS[2], unpack(entry))
  if #forgotten > 0 then
    redis.call('HDEL', KEYS[2], unpack(forgotten))
  end
  for _, sum in ipairs(order) do
    redis.call('HSET', sum.name, unpack(sum.fields))
    -- All of them, not only new ones: whatever became of the set, what is counted into is named by it.
    if redis.call('SADD', KEYS[1], sum.member) == 1 then
      redis.call('PEXPIRE', sum.name, PENDING_TTL)
      planned.fresh = true
    end
  end
  if planned.fresh then
    redis.call('PEXPIRE', KEYS[1], PENDING_TTL)
    redis.call('PEXPIRE', KEYS[2], LEDGER_TTL)
    if KEYS[3] then
      redis.call('ZADD', KEYS[3], 'NX', text(time[1] * 1000 + math.floor(time[2] / 1000)), id)
      redis.call('PEXPIRE', KEYS[3], LEDGER_TTL)
    end
  end
end
