-- Reads the secret of the lease under which an attempt at a child runs. The next attempt of its parent changes it.
-- Input   taskId, leaseId, secret of the attempt
-- Output  the lease's secret, or false if this attempt may no longer act
-- @include include/attempts.lua
local taskId, leaseId, secret = ARGV[1], ARGV[2], ARGV[3]
return acts(taskId, leaseId, secret) and redis.call('HGET', leaseKey(leaseId), 'secret')
