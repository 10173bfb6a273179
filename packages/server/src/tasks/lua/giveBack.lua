-- Gives a lease that was handed over to a task back to its former holder, under the former secret, and ends the task,
-- which could not be put into the queue: the person has lost nothing.
-- Input   taskId, its secret, former secret, former holder (JSON), former ttl (ms), former expiry, error
-- Output  1, or 0 where the task has started or ended
-- Events  transferred, task
-- @include include/close.lua
-- @include ../../locks/lua/include/transfers.lua
local taskId, secret, formerSecret, holder, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local fields = redis.call('HMGET', taskKey(taskId), 'leaseId', 'idem', 'version')
if stateOf(taskId) ~= 'queued' or not proves(fields[1], secret) then return 0 end
if fields[2] then redis.call('HDEL', prefix .. 'idem', fields[2]) end
transferLease(fields[1], formerSecret, holder, ttlMs, expiry)
closeTask(taskId, 'failed', fields[3], 'attended', 1, 'error', ARGV[7])
return 1
