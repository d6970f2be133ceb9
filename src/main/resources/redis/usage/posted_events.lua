-- Adds events that bear ids to a key's pending counts, each id once: remembering ids and counting are one step, so that
-- nothing can come between them. All or nothing is added. Goes after adding.lua, which says what KEYS and ARGV 1 are.
-- The events come added up, which would cost most here and holds up nobody where it is done: if one of them turns out
-- to be known, its sums are of no use, nothing is added and the reply says which. Ids are remembered by the quarter of the
-- UTC day, on this Redis's clock, in which they came: at least 24 h and at most 30. Finer parts would be more sets to look
-- through for every id.
--
-- A batch whose sums go into many hashes comes in parts, so that no single one holds Redis up for long. Each is looked at
-- with all ids that are still to come, so that the first already tells which are known and whether there is room for all.
--
-- ARGV  2 key id  3 ids remembered per quarter day at most, '' if that was looked at  4 number of ids  5 how many of them to add now
--       then the ids' digests, all different, those to add first  then the sums of the latter's events, as rows that
--       adding.lua's row_at reads
-- REPLY added | known and one digit per id, 1 new and 0 known | full, milliseconds until ids are taken again | over
local QUARTER = 21600      -- seconds
local QUARTERS = 5         -- this one and those that reach back 24 h
local SEEN_TTL = 108000000 -- 30 h, from the quarter's last id
local ROOM = 4503599627370496 -- 2^52, a batch's most; the rest is for what the gate itself records, which cannot be refused

about(1, ARGV[2])
local most, count, now = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local quarter = math.floor(time[1] / QUARTER)

local function seen_name(back)
  return prefix .. 'seen:{' .. id .. '}:' .. string.format('%.0f', quarter - back)
end

local digests = { unpack(ARGV, 6, 5 + count) }
local known, any = {}, false
for back = 0, QUARTERS - 1 do
  if redis.call('EXISTS', seen_name(back)) == 1 then
    for e, found in ipairs(redis.call('SMISMEMBER', seen_name(back), unpack(digests))) do
      if found == 1 then
        known[e], any = true, true
      end
    end
  end
end
if any then
  for e = 1, count do
    known[e] = known[e] and '0' or '1'
  end
  return 'known ' .. table.concat(known)
end
if most and redis.call('SCARD', seen_name(0)) + count > most then
  return 'full ' .. string.format('%.0f', (quarter + 1) * QUARTER * 1000 - time[1] * 1000 - math.floor(time[2] / 1000))
end

local given, at = {}, 6 + count
while ARGV[at] do
  given[#given + 1], at = row_at(at)
end
local planned = plan_or_mark(given, unpack(ledger_fields('epoch', 'recorded')))
-- The key's own counts are the sums of all others, so where these have room, all have.
if sums['m'].highest > ROOM then
  return 'over'
end
redis.call('SADD', seen_name(0), unpack(digests, 1, now))
redis.call('PEXPIRE', seen_name(0), SEEN_TTL)
write(planned, time, {}, {})
return 'added'
