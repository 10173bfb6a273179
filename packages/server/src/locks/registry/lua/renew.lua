-- One more heartbeat.
-- Input   leaseId, secret
-- Output  the heartbeat count, or 0 where the lease is not in force or the secret is not its own
-- @include include/leases.lua
-- @include include/writable.lua
local leaseId, secret = ARGV[1], ARGV[2]
if not proves(leaseId, secret) then return 0 end
beginWithDelete()
return redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
