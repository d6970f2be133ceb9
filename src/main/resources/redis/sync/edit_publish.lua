-- Tells the nodes of the previous release of an edit: counts it and sends it with its count, so that a node can tell whether it
-- missed one. This release's are told with the same count, under seal.
-- KEYS 1 the edition   ARGV 1 channel  2 what changed   REPLY the edition
local edition = redis.pcall('INCR', KEYS[1])
if type(edition) == 'table' then
  -- No number of ours: counted afresh, which every node takes for missed edits.
  redis.call('DEL', KEYS[1])
  edition = redis.call('INCR', KEYS[1])
end
redis.call('PUBLISH', ARGV[1], edition .. ' ' .. ARGV[2])
return tostring(edition)
