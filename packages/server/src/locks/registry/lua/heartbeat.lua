-- How often a lease has been renewed, for who knows its secret. Unlike a renewal it does not lengthen the lease's life.
-- Input   leaseId, secret
-- Output  the heartbeat count, or false where the lease is not in force or the secret is not its own
-- @include include/leases.lua
local leaseId, secret = ARGV[1], ARGV[2]
if not proves(leaseId, secret) then return false end
return tonumber(redis.call('HGET', prefix .. 'hb', leaseId))
