-- Writes an entry of commands, unless the clocks of its writer and of this server are far apart.
--
-- KEYS[1]  the commands stream
-- ARGV[1]  source
-- ARGV[2]  batch
-- ARGV[3]  body
-- ARGV[4]  the writer's clock when it sent this, in milliseconds
-- ARGV[5]  how far apart the clocks may be
--
-- What lay long in a queue before it comes here is refused too: its writer has sent it again since, and
-- under the time of that. Answers one of
--   { 'written', id }
--   { 'apart', this server's clock in milliseconds }  nothing was written
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if math.abs(now - tonumber(ARGV[4])) > tonumber(ARGV[5]) then
  return { 'apart', string.format('%.0f', now) }
end
return { 'written', redis.call('XADD', KEYS[1], '*', 's', ARGV[1], 'b', ARGV[2], 'd', ARGV[3]) }
