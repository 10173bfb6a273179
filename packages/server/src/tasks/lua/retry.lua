-- A failed attempt that will be tried again: not an end, so the lease stays.
-- Input   taskId, secret, error
-- Output  1, or 0 where this attempt may not act any more
-- Events  task
-- @include include/tasks.lua
local taskId, secret, reason = ARGV[1], ARGV[2], ARGV[3]
local leaseId = redis.call('HGET', taskKey(taskId), 'leaseId')
if stateOf(taskId) ~= 'running' or not proves(leaseId, secret) then return 0 end
changeTask(taskId, 'retrying', 'retrying', 'error', reason)
return 1
