-- Adds recordings to the pending counts of their keys. A recording is skipped if it, or a later one of the same source, was added
-- before. Each is atomic and independent of the others; if one fails, the others still succeed. Many share a run, since creating
-- the functions of this script costs as much as adding a recording. Loaded after adding.lua, which describes KEYS and ARGV 1.
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

-- Returns the index after a row of ARGV.
local function after_row(i)
  return i + 9 + 2 * tonumber(ARGV[i + 8])
end

local function rows_at(i, count)
  local given = {}
  for r = 1, count do
    given[r], i = row_at(i)
  end
  return given
end

-- Adds a recording to what its key has pending, with the fewest commands. Returns whether it could.
local function record_known(known, source, sequence, i)
  local recorded = known[1] and known[2] and tonumber(known[3])
  local sum = recorded and recorded + tonumber(ARGV[i + 2])
  if not (sum and recorded >= 0 and sum <= EXACT and add_known(i)) then
    return false
  end
  redis.call('HSET', ledger, source, sequence, 'recorded', text(sum))
  return true
end

-- Adds the recording whose rows begin at an index of ARGV. A key without a pending set has all its names written anew.
local function record(source, sequence, i, rows_given, has_set)
  local known = ledger_fields(source, 'epoch', 'recorded')
  if known[1] and tonumber(known[1]) >= tonumber(sequence) then
    return 'known'
  end
  if rows_given == 1 and has_set and record_known(known, source, sequence, i) then
    return 'added'
  end
  local planned = rows_given == 1 and not has_set and plan_first(i, known[2], known[3])
    or plan_or_mark(rows_at(i, rows_given), known[2], known[3])
  if planned.too_many then
    mark_damaged()
    error('more requests are unsettled than can be counted', 0)
  end
  write(planned, time, { source, sequence }, known[1] and {} or removed_sources())
  return 'added'
end

-- Returns whether all keys have a pending set: one command instead of one for each key.
local function all_have_sets()
  local sets = {}
  for k = 1, #KEYS - 1, 2 do
    sets[#sets + 1] = KEYS[k]
  end
  return redis.call('EXISTS', unpack(sets)) == #sets
end

local has_sets = all_have_sets()
local replies, at = {}, 2
while ARGV[at] do
  about(#replies + 1, ARGV[at])
  local source, sequence, rows_given = 'n:' .. ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local first = at + 4
  at = first
  for _ = 1, rows_given do
    at = after_row(at)
  end
  local has_set = has_sets or redis.call('EXISTS', set) == 1
  local went, reply = pcall(record, source, sequence, first, rows_given, has_set)
  if not went then
    reply = 'E ' .. words(reply)
  end
  replies[#replies + 1] = reply
end
return replies
