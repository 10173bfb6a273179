-- Notes whether an open task has a worker, and whether its queue is paused, as a reconciler saw it.
-- Input   taskId, state seen, heartbeat seen ('' if irrelevant), hasWorker (0 | 1), paused (0 | 1)
-- Output  1 if that was news, else 0
-- Events  task
-- @include include/changes.lua
local taskId, seenState, seenHeartbeat, hasWorker, paused = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local state = stateOf(taskId)
-- The task may have ended while the reconciler read tasks.
if not state or FINAL[state] or state ~= seenState then return 0 end
local fields = redis.call('HMGET', taskKey(taskId), 'leaseId', 'hasWorker', 'paused')
if fields[2] == hasWorker and (fields[3] or '0') == paused then return 0 end
if seenHeartbeat ~= '' and redis.call('HGET', prefix .. 'hb', fields[1]) ~= seenHeartbeat then return 0 end
changeTask(taskId, state, 'worker-changed', 'hasWorker', hasWorker, 'paused', paused)
return 1
