-- Ends a task whose holder is gone, as a reconciler found it, together with its lease. Nothing happens if the task has
-- changed since.
-- Input   taskId, state seen, attempt seen, heartbeat seen ('gone': there was no lease; '': irrelevant), state,
--         error (or '')
-- Output  1, or 0 if the task has changed since
-- Events  changed, task, released
-- @include include/tasks.lua
-- @include include/lostLease.lua
local taskId, seenState, seenAttempt, seenHeartbeat = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local state, reason = ARGV[5], ARGV[6]
local before = stateOf(taskId)
if not before or FINAL[before] or before ~= seenState then return 0 end
local fields = redis.call('HMGET', taskKey(taskId), 'attempt', 'leaseId', 'parentId')
if fields[1] ~= seenAttempt then return 0 end
local heartbeat = redis.call('HGET', prefix .. 'hb', fields[2]) or 'gone'
if seenHeartbeat ~= '' and heartbeat ~= seenHeartbeat then return 0 end
if heartbeat == 'gone' and reason ~= '' and not fields[3] then reason = describeLoss(fields[2], reason) end
if reason == '' then
  endTask(taskId, state, 'hasWorker', 1)
else
  endTask(taskId, state, 'hasWorker', 1, 'error', reason)
end
return 1
