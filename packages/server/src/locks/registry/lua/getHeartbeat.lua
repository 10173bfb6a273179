-- How often a lease was renewed, for anybody who knows its secret. Unlike a renewal, it does not prolong the lease.
-- Input   leaseId, secret
-- Output  the heartbeat, with its letter if the lease waits; false if it has ended, or the secret is wrong
-- @include include/leases.lua
local leaseId, secret = ARGV[1], ARGV[2]
if not isSecretOf(leaseId, secret) then return false end
return redis.call('HGET', prefix .. 'hb', leaseId) or redis.call('HGET', prefix .. 'pending', leaseId)
