-- What has been said about an entry, without its body.
--
-- KEYS[1]  the events stream
-- KEYS[2]  the rules by which the journal is kept, and since which entry
-- ARGV[1]  the entry's id
--
-- Answers { last id, digest, rules, held }: the stream's last id ('0-0' when it is empty), and the digest that it
-- holds for the entry ('' when it holds none), what KEYS[2] says ('' for nothing), and '1' when it holds the entry,
-- with a digest or without.
local function digest_of(entry)
  for place = 1, #entry[2], 2 do
    if entry[2][place] == 'g' then return entry[2][place + 1] end
  end
  return ''
end

local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local rules = redis.call('GET', KEYS[2]) or ''
if not newest then return { '0-0', '', rules, '' } end
local entry = newest
if newest[1] ~= ARGV[1] then entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1] end
if not entry then return { newest[1], '', rules, '' } end
return { newest[1], digest_of(entry), rules, '1' }
