-- Writes entries back under the ids that they had, both halves of each or neither.
--
-- KEYS[1]  the commands stream
-- KEYS[2]  the events stream
-- ARGV     eight for each entry, in order: id, source, batch, sequence, previous id, digest, body of the
--          commands, body of the events
--
-- Answers how many there were. An id that is not after the last one is an error, and since the two
-- streams are written here only, it is found before anything is written of that entry.
local PARTS = 8
for at = 1, #ARGV, PARTS do
  redis.call('XADD', KEYS[1], ARGV[at],
    's', ARGV[at + 1], 'b', ARGV[at + 2], 'd', ARGV[at + 6])
  redis.call('XADD', KEYS[2], ARGV[at],
    's', ARGV[at + 1], 'b', ARGV[at + 2], 'q', ARGV[at + 3],
    'p', ARGV[at + 4], 'g', ARGV[at + 5], 'd', ARGV[at + 7])
end
return #ARGV / PARTS
