-- Ends a lease for its owner.
-- Input   leaseId, secret, reason
-- Output  1, or 0 where the lease is not in force or the secret is not its own
-- Events  released
-- @include include/leases.lua
local leaseId, secret, reason = ARGV[1], ARGV[2], ARGV[3]
if not proves(leaseId, secret) then return 0 end
endLease(leaseId, reason)
return 1
