-- Ends a failed attempt that is retried. The task keeps its lease. If its cancel was requested, the task ends instead, since
-- a cancelled task is not retried.
-- Input   taskId, leaseId, secret, error, progress (JSON)
-- Output  'retrying', 'cancelled', or false if this attempt may no longer act. A repetition, after a lost answer, has the
-- same answer
-- Events  task; changed and released if it ends
-- @include include/attempts.lua
-- @include include/tasks.lua
local taskId, leaseId, secret, reason, progress = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local fields = redis.call('HMGET', taskKey(taskId), 'endedBy', 'state', 'cancelRequested', 'reportsRows')
if fields[1] == secret then return fields[2] end
if not acts(taskId, leaseId, secret) then return false end
if fields[3] == '1' then
  isNoted[taskId] = fields[4] and true
  endTask(taskId, 'cancelled', 'hasWorker', 1, 'progress', progress, 'endedBy', secret)
  return 'cancelled'
end
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
changeTask(taskId, 'retrying', 'retrying', 'error', reason, 'progress', progress, 'endedBy', secret, 'crashes', 0,
  'paused', 0)
return 'retrying'
