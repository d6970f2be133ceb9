-- All that is unsettled of a key, in one look.
-- KEYS, ARGV and REPLY: unsettled()'s of pending.lua
return unsettled()
