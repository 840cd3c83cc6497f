-- Where the journal ends: the place of the newest entry of commands, answered or not.
--
-- KEYS[1]  the commands stream
--
-- Answers how many entries the stream ever had, which is the sequence of the newest; 0 for none.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local info = redis.call('XINFO', 'STREAM', KEYS[1])
for place = 1, #info, 2 do
  if info[place] == 'entries-added' then return info[place + 1] end
end
return 0
