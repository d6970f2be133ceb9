-- Reads all unsettled usage of a key.
-- KEYS, ARGV and REPLY: unsettled()'s of pending.lua
return unsettled()
