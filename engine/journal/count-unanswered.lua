-- How far the commands are ahead of the events.
--
-- KEYS[1]  the commands stream
-- KEYS[2]  the events stream
--
-- Answers the number of entries that no engine has answered yet. Counted by how many entries each stream
-- ever had, so that it does not matter how far either is trimmed.
local function head_of(stream)
  local head = { added = 0, last = '0-0' }
  if redis.call('EXISTS', stream) == 0 then return head end
  local info = redis.call('XINFO', 'STREAM', stream)
  for place = 1, #info, 2 do
    if info[place] == 'entries-added' then head.added = info[place + 1] end
    if info[place] == 'last-generated-id' then head.last = info[place + 1] end
  end
  return head
end

local asked, answered = head_of(KEYS[1]), head_of(KEYS[2])
if asked.last == answered.last then return 0 end
return math.max(0, asked.added - answered.added)
