-- Gives units of a request back to those of the caller's windows it was charged to, and to the month. docs/adr/0016-leases.md has the rule.
--
-- The units may lie in a cell that began before the request, or be dated later by a lease. They are taken from the cell of the
-- request's instant and from older ones, newest first. Taking older units than the request's own is safe, since the request's own
-- stay longer; taking later ones would not be. What is not found has left the window.
--
-- Loaded after window_log.lua.
--
-- KEYS  the windows, the month's counter (accounts only, and only if it was charged)
-- ARGV  1 how many windows  2 units  3 the instant of the request in ms  then per window: limit, length in ms
-- REPLY OK
local n, units, instant = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

for i = 1, n do
  local window = open_window(KEYS[i], ARGV[2 + 2 * i], ARGV[3 + 2 * i], 0)
  local left = units
  local at = find(window, instant)
  while left > 0 and at > 0 do
    left = left - take_units(window, at, left)
    at = at - 2
  end
  if left < units then
    write_window(window)
  end
end

if KEYS[n + 1] then
  give_back(KEYS[n + 1], units)
end
return 'OK'
