-- From the journal's newest answer on other rules hold.
--
-- KEYS[1]  the events stream
-- KEYS[2]  the rules by which the journal is kept
-- ARGV[1]  what KEYS[2] must hold now; '' for nothing
-- ARGV[2]  what it is to hold
-- ARGV[3]  the id that must be the newest of the events
--
-- Answers 1, or 0 when either is otherwise: then nothing has changed.
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest or newest[1] ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return 1
