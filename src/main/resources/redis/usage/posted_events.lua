-- Adds posted events to a key's pending counts, each ID once. Remembering IDs and counting are one step. All events are added, or
-- none. Loaded after adding.lua, which describes KEYS and ARGV 1.
--
-- The caller sums the events, since that would cost most here. If an ID is known, its sums are wrong; then nothing is added
-- and the reply names the known IDs. IDs are remembered per quarter of a UTC day, by the clock of this Redis, for 24 to 30
-- hours. Smaller parts would mean more sets to search for each ID.
--
-- A batch whose sums go into many hashes comes in parts, so that no part blocks Redis for long. Each part has all IDs that are
-- still to come, so the first reply tells which are known and whether there is room for all.
--
-- ARGV  2 key id  3 IDs per quarter of a day at most, '' if that was checked  4 number of IDs  5 number of them to add now
--       then the ids' digests, all different, those to add first  then the sums of the latter's events, as rows that
--       adding.lua's row_at reads
-- REPLY added | known and one digit per id, 1 new and 0 known | full, milliseconds until ids are taken again | over
local QUARTER = 21600      -- seconds
local QUARTERS = 5         -- this one and those that reach back 24 h
local SEEN_TTL = 108000000 -- 30 h, from the quarter's last id
local ROOM = 4503599627370496 -- 2^52, the highest count for posted usage; the rest is for metered requests, which cannot be refused

about(1, ARGV[2])
local max, count, now = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
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
if max and redis.call('SCARD', seen_name(0)) + count > max then
  return 'full ' .. string.format('%.0f', (quarter + 1) * QUARTER * 1000 - time[1] * 1000 - math.floor(time[2] / 1000))
end

local given, at = {}, 6 + count
while ARGV[at] do
  given[#given + 1], at = row_at(at)
end
local planned = plan_or_mark(given, unpack(ledger_fields('epoch', 'recorded')))
-- The key's totals are the largest counts, so if these have room, all have.
if sums['m'].highest > ROOM then
  return 'over'
end
redis.call('SADD', seen_name(0), unpack(digests, 1, now))
redis.call('PEXPIRE', seen_name(0), SEEN_TTL)
write(planned, time, {}, {})
return 'added'
