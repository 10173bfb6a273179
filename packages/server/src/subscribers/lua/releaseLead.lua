-- Releases the lead of a subscriber, so that another process need not wait until it expires.
-- Input   name, token
-- Output  1, or 0 if this process no longer leads
-- Events  none
local lead = KEYS[1] .. 'subscriberLead:' .. ARGV[1]
if redis.call('GET', lead) ~= ARGV[2] then return 0 end
return redis.call('DEL', lead)
