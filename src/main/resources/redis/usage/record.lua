-- Adds recordings to the pending counts of their keys. A recording is skipped if it, or a later one of the same source, was added
-- before. Each is atomic and independent of the others; if one fails, the others still succeed. Many share a run, since creating
-- the functions of this script costs a third of adding a recording. Loaded after adding.lua, which describes KEYS and ARGV 1.
--
-- ARGV  of each recording in turn: key id, source, sequence, how many rows, the rows as adding.lua's row_at reads them
-- REPLY a list with a line for each recording, in order: added | known | E message, if it failed and nothing was added
local SOURCES = 64    -- remembered per key

-- Returns the oldest sources to remove, once there are too many.
local function removed_sources()
  local removed = {}
  if redis.call('HLEN', ledger) >= SOURCES then
    local sources = {}
    local all = redis.call('HGETALL', ledger)
    for f = 1, #all, 2 do
      if string.sub(all[f], 1, 2) == 'n:' then
        sources[#sources + 1] = { all[f], tonumber(all[f + 1]) or 0 }
      end
    end
    table.sort(sources, function(a, b)
      return a[2] < b[2]
    end)
    for s = 1, #sources - SOURCES / 2 do
      removed[#removed + 1] = sources[s][1]
    end
  end
  return removed
end

local time = redis.call('TIME')

local function record(source, sequence, given)
  local known = ledger_fields(source, 'epoch', 'recorded')
  if known[1] and tonumber(known[1]) >= tonumber(sequence) then
    return 'known'
  end
  local planned = plan_or_mark(given, known[2], known[3])
  if planned.too_many then
    mark_damaged()
    error('more requests are unsettled than can be counted', 0)
  end
  write(planned, time, { source, sequence }, known[1] and {} or removed_sources())
  return 'added'
end

local replies, at = {}, 2
while ARGV[at] do
  about(#replies + 1, ARGV[at])
  local source, sequence = 'n:' .. ARGV[at + 1], ARGV[at + 2]
  local rows_left, given = tonumber(ARGV[at + 3]), {}
  at = at + 4
  for r = 1, rows_left do
    given[r], at = row_at(at)
  end
  local went, reply = pcall(record, source, sequence, given)
  if not went then
    reply = 'E ' .. words(reply)
  end
  replies[#replies + 1] = reply
end
return replies
