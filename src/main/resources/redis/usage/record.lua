-- Adds recordings to the pending counts of their keys, each unless it, or a later one of the same source, was added before. Each
-- is atomic and independent of the others: one that fails does not touch its fellows. Many share a run, since making this
-- script's functions costs a third of adding a recording. Goes after adding.lua, which says what KEYS and ARGV 1 are.
--
-- ARGV  of each recording in turn: key id, source, sequence, how many rows, the rows as adding.lua's row_at reads them
-- REPLY a list with a line for each recording, in order: added | known | E message, if it failed and nothing was added
local SOURCES = 64    -- remembered per key

-- Sources that have not been heard of for longest, once there are too many.
local function forgotten_sources()
  local forgotten = {}
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
      forgotten[#forgotten + 1] = sources[s][1]
    end
  end
  return forgotten
end

local time = redis.call('TIME')

local function record(source, sequence, given)
  local known = ledger_fields(source, 'epoch', 'recorded')
  if known[1] and tonumber(known[1]) >= tonumber(sequence) then
    return 'known'
  end
  local planned = plan_or_mark(given, known[2], known[3])
  if planned.too_many then
    mark_spoiled()
    error('more requests are unsettled than can be counted', 0)
  end
  write(planned, time, { source, sequence }, known[1] and {} or forgotten_sources())
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
