-- A sliding window's log, for scripts that put units at other instants than now. Loaded before them. gate.lua keeps the same form,
-- written out for speed; docs/adr/0002-window-log.md describes it.
local EXACT = 100 -- up to this limit every request is kept by its millisecond
local CELLS = 250 -- above it, a window is kept in this many cells
local LEAD = 1002 -- units further ahead are no lease's: the clock went back, and goes on at the latest time seen

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Reads a window without what has left it. Entries older than an instant stay text; later ones become a list of times and counts
-- in turn.
local function open_window(key, limit, length, since)
  limit, length = tonumber(limit), tonumber(length)
  local cell = limit > EXACT and math.max(1, math.floor(length / CELLS)) or 1
  local window = { key = key, limit = limit, length = length, cell = cell, total = 0, older = '', entries = {} }
  local log = redis.call('GET', key)
  if not log then
    return window
  end
  local total, first = struct.unpack('>I6', log), 7
  while first < #log do
    local ts, count = struct.unpack('>I6I6', log, first)
    if ts + length > now then
      break
    end
    total = total - count
    first = first + 12
  end
  local at = #log - 11
  while at >= first do
    local ts, count = struct.unpack('>I6I6', log, at)
    if math.floor(ts / cell) < math.floor(since / cell) then
      break
    end
    table.insert(window.entries, 1, count)
    table.insert(window.entries, 1, ts)
    at = at - 12
  end
  window.total, window.older = total, string.sub(log, first, at + 11)
  return window
end

-- Finds the last entry whose cell is not after that of an instant. Returns its place and whether it is the same cell.
local function find(window, ts)
  local entries, cell = window.entries, math.floor(ts / window.cell)
  local at = #entries - 1
  while at > 0 and math.floor(entries[at] / window.cell) > cell do
    at = at - 2
  end
  return at, at > 0 and math.floor(entries[at] / window.cell) == cell
end

-- Adds units at an instant, not before the one the window was opened with.
local function add_units(window, ts, units)
  local entries = window.entries
  local latest = entries[#entries - 1]
  if latest and latest > ts + LEAD then
    ts = latest
  end
  local at, same = find(window, ts)
  if same then
    entries[at] = math.max(entries[at], ts)
    entries[at + 1] = entries[at + 1] + units
  else
    table.insert(entries, at + 2, ts)
    table.insert(entries, at + 3, units)
  end
  window.total = window.total + units
end

-- Takes units out of the entry at a place, as many as it has at most. Returns how many.
local function take_units(window, at, units)
  local entries = window.entries
  local taken = math.min(units, entries[at + 1])
  if taken == entries[at + 1] then
    table.remove(entries, at)
    table.remove(entries, at)
  else
    entries[at + 1] = entries[at + 1] - taken
  end
  window.total = window.total - taken
  return taken
end

local function first_of(window)
  return window.older == '' and window.entries[1] or struct.unpack('>I6', window.older)
end

local function write_window(window)
  local older, entries = window.older, window.entries
  if older == '' and #entries == 0 then
    redis.call('DEL', window.key)
    return
  end
  local parts = { struct.pack('>I6', window.total), older }
  for at = 1, #entries, 2 do
    parts[#parts + 1] = struct.pack('>I6I6', entries[at], entries[at + 1])
  end
  local latest = entries[#entries - 1] or struct.unpack('>I6', older, #older - 11)
  local length = latest + window.length - now
  redis.call('SET', window.key, table.concat(parts), 'PX', length)
end

-- Gives units back to a month's counter, never more than it has. A counter that is gone stays gone.
local function give_back(key, units)
  local used = tonumber(redis.call('GET', key) or '0')
  if used > 0 then
    redis.call('INCRBY', key, -math.min(used, units))
  end
end
