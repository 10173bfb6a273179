-- Ends a task that no worker runs and whose job is not in the queue: it was removed, or never added.
-- Input   taskId, state, error (or ''), whether its launch has failed (0 | 1): then its idempotency key is free again, and
-- its parent forgets it
-- Output  1, or 0 if it runs, has ended, or is unknown
-- Events  task, released; changed if an attempt has run
-- @include include/tasks.lua
local taskId, state, reason, isNoLaunch = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
local fields = redis.call('HMGET', taskKey(taskId), 'state', 'idem', 'parentId', 'version', 'leaseId')
local before, idem, parentId = fields[1], fields[2], fields[3]
if before ~= 'queued' and before ~= 'retrying' and before ~= 'waiting' then return 0 end
readBlocked(fields[5])
if isNoLaunch and idem then redis.call('HDEL', prefix .. 'idem', idem) end
local words = { 'hasWorker', 1 }
if reason ~= '' then words = { 'hasWorker', 1, 'error', reason } end
if isNoLaunch and parentId then
  closeTask(taskId, nil, state, fields[4], unpack(words))
  disown(parentId, taskId)
else
  endTask(taskId, state, unpack(words))
end
return 1
