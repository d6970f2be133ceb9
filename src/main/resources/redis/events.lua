-- Adds events that bear ids to a key's pending counts, each id once: remembering ids and counting are one step, so that
-- nothing can come between them. All or nothing is added. Goes after adding.lua, which says what KEYS 1 to 3 and ARGV 1 and 2
-- are. Ids are remembered by the quarter of the UTC day, on this Redis's clock, in which they came: at least 24 h and at
-- most 30. Finer parts would be more sets to look through for every id, which holds Redis up.
--
-- ARGV  3 ids remembered per quarter day at most  4 number of events  then per event: its id's digest and a row as adding.lua's
--       row_at reads it
-- REPLY one digit per event, 1 added and 0 known before | full, milliseconds until ids are taken again | over
local QUARTER = 21600      -- seconds
local QUARTERS = 5         -- this one and those that reach back 24 h
local SEEN_TTL = 108000000 -- 30 h, from the quarter's last id
local EXACT = 9007199254740992 -- above this, sums lose units

local most, count = tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local quarter = math.floor(time[1] / QUARTER)

local function seen_name(back)
  return prefix .. 'seen:{' .. id .. '}:' .. string.format('%.0f', quarter - back)
end

local digests, events = {}, {}
local at = 5
for e = 1, count do
  digests[e] = ARGV[at]
  events[e], at = row_at(at + 1)
end

local known = {}
for back = 0, QUARTERS - 1 do
  if redis.call('EXISTS', seen_name(back)) == 1 then
    local found = redis.call('SMISMEMBER', seen_name(back), unpack(digests))
    for e = 1, count do
      if found[e] == 1 then
        known[digests[e]] = true
      end
    end
  end
end

local results, given, added = {}, {}, {}
for e = 1, count do
  if known[digests[e]] then
    results[e] = '0'
  else
    known[digests[e]] = true
    results[e] = '1'
    added[#added + 1] = digests[e]
    given[#given + 1] = events[e]
  end
end
if #given == 0 then
  return table.concat(results)
end
if redis.call('SCARD', seen_name(0)) + #added > most then
  return 'full ' .. string.format('%.0f', (quarter + 1) * QUARTER * 1000 - time[1] * 1000 - math.floor(time[2] / 1000))
end

local ledger = ledger_fields('epoch', 'recorded')
local planned = plan_or_mark(given, ledger[1], ledger[2])
-- The key's own counts are the sums of all others, so where these are exact, all are.
for f = 1, 5 do
  if (tonumber(sums['m'].state[f] or 0) or 0) + sums['m'].counts[f] > EXACT then
    return 'over'
  end
end
redis.call('SADD', seen_name(0), unpack(added))
redis.call('PEXPIRE', seen_name(0), SEEN_TTL)
write(planned, time, {}, {})
return table.concat(results)
