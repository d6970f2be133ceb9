-- Plans the first recording of a key that has nothing pending, with one command instead of two for each hash. Loaded after
-- adding.lua, to whose plan() this is equivalent, and whose write() follows.

-- Returns a plan for the row at an index of ARGV. Returns nil, having changed nothing, if adding.lua has to do it: one of the
-- hashes exists, there are too many types, or a count comes to its bound.
local function plan_first(i, ledger_epoch, ledger_recorded)
  local day, provider = ARGV[i], ARGV[i + 1]
  local requests, types = tonumber(ARGV[i + 2]), tonumber(ARGV[i + 8])
  local hashes = {
    { member = 'm', name = totals_name(prefix, id) },
    { member = 'p:' .. provider, name = provider_name(prefix, id, provider) },
    { member = 'd:' .. day, name = day_name(prefix, id, day) },
    { member = 'x:' .. day .. ':' .. provider, name = row_name(prefix, id, day, provider) }
  }
  if types > TYPES or redis.call('EXISTS', hashes[1].name, hashes[2].name, hashes[3].name, hashes[4].name) > 0 then
    return nil
  end
  local recorded = ledger_recorded
  if not ledger_epoch then
    -- A lost ledger, such as an evicted one, starts with the requests there are.
    recorded = redis.pcall('HGET', claimed_name(prefix, id, 'm'), FIELDS[1])
  end
  if type(recorded) == 'table' then
    return nil
  end
  local sum = (tonumber(recorded or 0) or 0) + requests
  if not (sum >= requests and sum <= EXACT) then
    return nil
  end
  local fields = {}
  for f = 1, 6 do
    fields[2 * f - 1] = FIELDS[f]
    fields[2 * f] = text(math.min(tonumber(ARGV[i + 1 + f]), EXACT))
  end
  for t = i + 9, i + 7 + 2 * types, 2 do
    fields[#fields + 1] = 'ft:' .. ARGV[t]
    fields[#fields + 1] = text(math.min(tonumber(ARGV[t + 1]), EXACT))
  end
  for _, hash in ipairs(hashes) do
    hash.fields = fields
  end
  order = hashes
  return { fresh = true, begun = ledger_epoch, recorded = sum }
end
