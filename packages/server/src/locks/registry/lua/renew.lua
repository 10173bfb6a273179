-- Renews a lease.
-- Input   leaseId, secret
-- Output  the heartbeat count; 0 if the lease is not in force, or the secret is wrong
-- @include include/leases.lua
-- @include include/writable.lua
local leaseId, secret = ARGV[1], ARGV[2]
if not proves(leaseId, secret) then return 0 end
beginWithDelete()
return redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
