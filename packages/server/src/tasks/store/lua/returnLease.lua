-- Gives a lease that was handed over to a task back to its former holder, under the former secret, and ends the task,
-- which could not be put into the queue: the person has lost nothing.
-- Input   taskId, its secret, former secret, error
-- Output  1, also where it was given back before; 0 where the task has started or ended, or the lease was never handed over to it
-- Events  transferred, task
-- @include include/close.lua
-- @include ../../../locks/registry/lua/include/transfers.lua
local taskId, secret, formerSecret, reason = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local fields = redis.call('HMGET', taskKey(taskId), 'state', 'leaseId', 'idem', 'version', 'formerHolder', 'formerTtl',
  'formerExpiry')
local leaseId, idem, holder = fields[2], fields[3], fields[5]
if fields[1] == 'failed' and holder and proves(leaseId, formerSecret) then return 1 end
if fields[1] ~= 'queued' or not holder or not proves(leaseId, secret) then return 0 end
transferLease(leaseId, formerSecret, holder, fields[6], fields[7])
if idem then redis.call('HDEL', prefix .. 'idem', idem) end
closeTask(taskId, nil, 'failed', fields[4], 'hasWorker', 1, 'error', reason)
return 1
