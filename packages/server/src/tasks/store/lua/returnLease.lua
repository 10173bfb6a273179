-- Returns a transferred lease to its former holder, under the former secret, and ends the task, which could not be added to
-- the queue. So the person loses nothing.
-- Input   taskId, its secret, former secret, error
-- Output  1, also if it was returned before; 0 if the task has started or ended, or if the lease was not transferred to it
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
