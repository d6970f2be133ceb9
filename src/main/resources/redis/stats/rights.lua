-- Finds the commands that an ACL denies to this user. Each is called with no argument, with one, and so on, each time with the
-- name of a key that means nothing: Redis checks the number of arguments before the right, and the right before all else.
-- KEYS 1 the key, deleted at the end   ARGV the commands
-- REPLY the denied commands, separated by spaces
local MAX_ARGUMENTS = 5
local denied = {}
for _, command in ipairs(ARGV) do
  local arguments = {}
  for n = 0, MAX_ARGUMENTS do
    local reply = redis.pcall(command, unpack(arguments))
    local message = type(reply) == 'table' and type(reply.err) == 'string' and reply.err or ''
    if string.find(message, 'run this command', 1, true) or string.find(message, 'permissions to run', 1, true) then
      denied[#denied + 1] = command
      break
    end
    arguments[n + 1] = KEYS[1]
  end
end
redis.pcall('PEXPIRE', KEYS[1], 1000)
redis.pcall('DEL', KEYS[1])
return table.concat(denied, ' ')
