-- Renews the lead of a subscriber, and stores its position and its failure. A process that no longer leads stores nothing,
-- so a position never goes back, however long a process was frozen.
-- Input   name, token, how long the lead lasts without a renewal (ms), position ('' for no change), why it fails ('' if it
-- works)
-- Output  1, or 0 if this process no longer leads
-- Events  none
local prefix = KEYS[1]
local name, token, leadMs, position, failure = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local lead, subscribers = prefix .. 'subscriberLead:' .. name, prefix .. 'subscribers'
if redis.call('GET', lead) ~= token then return 0 end
redis.call('PEXPIRE', lead, leadMs)
if position ~= '' then redis.call('HSET', subscribers, name, position) end
if failure == '' then
  redis.call('HDEL', subscribers, name .. ':since', name .. ':failure')
else
  local time = redis.call('TIME')
  redis.call('HSETNX', subscribers, name .. ':since', time[1] .. string.sub(string.format('%06d', time[2]), 1, 3))
  redis.call('HSET', subscribers, name .. ':failure', failure)
end
return 1
