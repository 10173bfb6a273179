-- Ends a lease that was not renewed: compare-and-set on the heartbeat that the observer saw. It is refused if Redis accepts
-- no renewals, since a missing renewal then says nothing about the holder.
-- Input   leaseId, heartbeat seen (with its letter, if the lease is pending), reason
-- Output  1, or 0 if it was renewed since, or has ended
-- Events  released
-- @include include/ends.lua
-- @include include/writable.lua
local leaseId, seen, reason = ARGV[1], ARGV[2], ARGV[3]
local now = redis.call('HGET', prefix .. 'hb', leaseId) or redis.call('HGET', prefix .. 'pending', leaseId)
if now ~= seen then return 0 end
proveWritable()
endLease(leaseId, reason)
return 1
