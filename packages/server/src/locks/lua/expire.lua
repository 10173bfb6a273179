-- Ends a lease whose heartbeat has stood still: compare-and-set on the heartbeat that the observer saw.
-- Input   leaseId, heartbeat seen, reason
-- Output  1, or 0 where it has beaten since, or is gone
-- Events  released
-- @include include/leases.lua
local leaseId, seen, reason = ARGV[1], ARGV[2], ARGV[3]
if redis.call('HGET', prefix .. 'hb', leaseId) ~= seen then return 0 end
endLease(leaseId, reason)
return 1
