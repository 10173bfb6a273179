-- How often a lease was renewed, for anybody who knows its secret. Unlike a renewal, it does not prolong the lease.
-- Input   leaseId, secret
-- Output  the heartbeat count; false if the lease is not in force, or the secret is wrong
-- @include include/leases.lua
local leaseId, secret = ARGV[1], ARGV[2]
if not proves(leaseId, secret) then return false end
return tonumber(redis.call('HGET', prefix .. 'hb', leaseId))
