-- Makes a completely written snapshot visible, and lets the oldest ones go.
--
-- KEYS[1]  the index: a hash from the key of a snapshot to what is known about it
-- KEYS[2]  the snapshot: a hash from chunk number to chunk, which expires by itself until now
-- ARGV[1]  chunks it must have
-- ARGV[2]  what to put into the index (JSON with its `sequence`)
-- ARGV[3]  snapshots to keep, besides the newest that is sound
-- ARGV[4]  seconds for which one that was let go can still be read by who has begun
--
-- Answers 1, or 0 when chunks are missing: then nothing has changed.
if redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[1]) then return 0 end
redis.call('PERSIST', KEYS[2])
redis.call('HSET', KEYS[1], KEYS[2], ARGV[2])

local kept = {}
local index = redis.call('HGETALL', KEYS[1])
for place = 1, #index, 2 do
  local head = cjson.decode(index[place + 1])
  table.insert(kept, { key = index[place], sequence = head.sequence, is_sound = head.isSound })
end
table.sort(kept, function(a, b)
  if a.sequence ~= b.sequence then return a.sequence > b.sequence end
  return a.key > b.key
end)
local sound
for place = #kept, 1, -1 do
  if kept[place].is_sound then sound = place end
end
-- The keys let go carry the market's hash tag, so they are on this node.
for place = tonumber(ARGV[3]) + 1, #kept do
  if place ~= sound then
    redis.call('HDEL', KEYS[1], kept[place].key)
    redis.call('EXPIRE', kept[place].key, ARGV[4])
  end
end
return 1
