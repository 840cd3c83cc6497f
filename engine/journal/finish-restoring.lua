-- A journal that was written back is whole: from now on it is the market's.
--
-- KEYS[1]  the commands stream
-- KEYS[2]  the events stream
-- KEYS[3]  whose journal it is
-- KEYS[4]  whose it is going to be, while it is written back
-- KEYS[5]  the rules by which it is kept
-- ARGV[1]  the identity
-- ARGV[2]  entries that there ever were: more than were written back when the oldest were left out, so
--          that a reader who begins at the beginning finds that something is missing
-- ARGV[3]  the last id
-- ARGV[4]  those rules, and since which entry; '' when they were not recorded
--
-- Answers 1.
for stream = 1, 2 do
  redis.call('XSETID', KEYS[stream], ARGV[3], 'ENTRIESADDED', ARGV[2], 'MAXDELETEDID', '0-0')
end
if ARGV[4] ~= '' then redis.call('SET', KEYS[5], ARGV[4]) end
redis.call('SET', KEYS[3], ARGV[1])
redis.call('DEL', KEYS[4])
return 1
