-- Ends a lease whose heartbeat has stood still: compare-and-set on the heartbeat that the observer saw. Refused if Redis takes
-- no renewals, since then a heartbeat that stands still says nothing about its holder.
-- Input   leaseId, heartbeat seen (with its letter, where the lease stands in the queue), reason
-- Output  1, or 0 where it has beaten since, or is gone
-- Events  released
-- @include include/ends.lua
-- @include include/writable.lua
local leaseId, seen, reason = ARGV[1], ARGV[2], ARGV[3]
local now = redis.call('HGET', prefix .. 'hb', leaseId) or redis.call('HGET', prefix .. 'queue', leaseId)
if now ~= seen then return 0 end
proveWritable()
endLease(leaseId, reason)
return 1
