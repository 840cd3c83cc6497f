-- Appends the events of a run of entries, each exactly once, whoever else says the same.
--
-- KEYS[1]  the events stream
-- KEYS[2]  the rules by which the journal is kept, and since which entry
-- ARGV[1]  the rules of the engine that speaks
-- ARGV     after that seven for each entry, in order: id, source, batch, sequence, previous id, digest, body
--
-- Entries up to the stream's last id were said before, by another engine or by an attempt of ours whose
-- answer was lost: they are refused. The first missing one must name the last id as the entry before
-- it, so that no gap can arise. An engine that came to another digest at the last refused entry than
-- the stream holds may not go on: nothing it says from there is to be trusted. Nor may one of other rules
-- than the journal is kept by; the first that speaks in a journal without says which those are. Answers one of
--   { 'said', appended }
--   { 'differs', id, digest }  what the stream holds at the last refused entry: nothing was appended
--   { 'rules', held }          other rules hold: nothing was appended
--   { 'gap', last id }         the run does not follow on the stream: nothing was appended
local stream = KEYS[1]
local PARTS = 7
local FIRST = 2

local held_rules = redis.call('GET', KEYS[2])
if held_rules and string.match(held_rules, '^%S+') ~= ARGV[1] then
  return { 'rules', held_rules }
end

local function parse(id)
  local ms, n = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(n)
end

local function is_after(a, b)
  local a_ms, a_n = parse(a)
  local b_ms, b_n = parse(b)
  return a_ms > b_ms or (a_ms == b_ms and a_n > b_n)
end

-- XINFO STREAM would copy the first and the last entry; XREVRANGE copies one. The newest entry is
-- never trimmed, but a stream emptied by hand still knows its last id.
local newest = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
local last = newest and newest[1] or '0-0'
if not newest and redis.call('EXISTS', stream) == 1 then
  local info = redis.call('XINFO', 'STREAM', stream)
  for place = 1, #info, 2 do
    if info[place] == 'last-generated-id' then last = info[place + 1] end
  end
end

local function digest_of(entry)
  for place = 1, #entry[2], 2 do
    if entry[2][place] == 'g' then return entry[2][place + 1] end
  end
end

local first = FIRST
while first <= #ARGV and not is_after(ARGV[first], last) do first = first + PARTS end

if first > FIRST then
  local refused = ARGV[first - PARTS]
  local held = newest
  if not newest or refused ~= newest[1] then
    held = redis.call('XRANGE', stream, refused, refused)[1]
  end
  if held then
    local digest = digest_of(held)
    if digest ~= ARGV[first - PARTS + 5] then return { 'differs', refused, digest } end
  else
    -- Trimmed away, and then there is nothing to compare; or never said, between two that were.
    local oldest = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    if oldest and is_after(refused, oldest[1]) then return { 'gap', last } end
  end
end

if first <= #ARGV and ARGV[first + 4] ~= last then return { 'gap', last } end

if first <= #ARGV and not held_rules then redis.call('SET', KEYS[2], ARGV[1] .. ' 0-0') end

local appended = 0
for at = first, #ARGV, PARTS do
  redis.call('XADD', stream, ARGV[at],
    's', ARGV[at + 1], 'b', ARGV[at + 2], 'q', ARGV[at + 3],
    'p', ARGV[at + 4], 'g', ARGV[at + 5], 'd', ARGV[at + 6])
  appended = appended + 1
end
return { 'said', appended }
