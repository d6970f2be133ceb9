-- Adds one recording to a key's pending counts, unless it, or a later one of the same source, was added before. Goes after
-- adding.lua, which says what KEYS 1 to 3 and ARGV 1 and 2 are.
--
-- ARGV  3 source  4 sequence  then a row per provider and day, as adding.lua's row_at reads it
-- REPLY added | known
local SOURCES = 64    -- remembered per key

local source, sequence = 'n:' .. ARGV[3], tonumber(ARGV[4])
local ledger = ledger_fields(source, 'epoch', 'recorded')
if ledger[1] and tonumber(ledger[1]) >= sequence then
  return 'known'
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

local given = {}
local at = 5
while ARGV[at] do
  given[#given + 1], at = row_at(at)
end
local planned = plan_or_mark(given, ledger[2], ledger[3])
write(planned, redis.call('TIME'), { source, text(sequence) }, forgotten_sources())
return 'added'
