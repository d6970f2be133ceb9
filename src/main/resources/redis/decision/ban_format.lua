-- Returns a ban as Redis holds it, false for none. Deletes a value that cannot be read; see repair.lua.
local function ban_at(key)
  local ban = redis.pcall('GET', key)
  if type(ban) == 'string' then
    local banned, expires = string.match(ban, '^[%w_]+ (%d+) (%d+) ')
    if banned and #banned < 16 and #expires < 16 and (expires == '0' or tonumber(expires) > tonumber(banned)) then
      return ban
    end
  end
  if ban then
    redis.call('DEL', key)
  end
  return false
end
