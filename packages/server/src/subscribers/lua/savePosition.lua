-- Keeps the lead of a subscriber, and writes down how it stands. Who does not lead any more writes nothing: so a
-- place never goes back, however long a process was frozen.
-- Input   set, token, how long the lead lasts without a word (ms), position ('' where none was reached), why it fails ('' where all is well)
-- Output  1, or 0 where this process does not lead any more
-- Events  none
local prefix = KEYS[1]
local set, token, leadMs, position, failure = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local lead, subscribers = prefix .. 'subscriberLead:' .. set, prefix .. 'subscribers'
if redis.call('GET', lead) ~= token then return 0 end
redis.call('PEXPIRE', lead, leadMs)
if position ~= '' then redis.call('HSET', subscribers, set, position) end
if failure == '' then
  redis.call('HDEL', subscribers, set .. ':since', set .. ':failure')
else
  local time = redis.call('TIME')
  redis.call('HSETNX', subscribers, set .. ':since', time[1] .. string.sub(string.format('%06d', time[2]), 1, 3))
  redis.call('HSET', subscribers, set .. ':failure', failure)
end
return 1
