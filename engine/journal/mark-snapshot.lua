-- Changes what the index says of a snapshot that is still in it.
--
-- KEYS[1]  the index: a hash from the key of a snapshot to what is known about it
-- ARGV[1]  the snapshot's key
-- ARGV[2]  what to say of it (JSON with its `sequence`)
--
-- Answers 1, or 0 when it was let go meanwhile: then nothing has changed.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
