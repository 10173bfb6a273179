-- Gives up the lead of a subscriber, so that another process need not wait until it has lapsed.
-- Input   set, token
-- Output  1, or 0 where this process does not lead any more
-- Events  none
local lead = KEYS[1] .. 'subscriberLead:' .. ARGV[1]
if redis.call('GET', lead) ~= ARGV[2] then return 0 end
return redis.call('DEL', lead)
