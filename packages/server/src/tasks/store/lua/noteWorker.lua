-- Notes whether anybody works on a task that has not ended, and whether its queue is paused, as an observer saw it.
-- Input   taskId, state seen, heartbeat seen ('' where it says nothing), hasWorker (0 | 1), paused (0 | 1)
-- Output  1 where that was news, else 0
-- Events  task
-- @include include/changes.lua
local taskId, seenState, seenHeartbeat, hasWorker, paused = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local state = stateOf(taskId)
-- Who reads tasks while another ends them may see one that has ended.
if not state or FINAL[state] or state ~= seenState then return 0 end
local fields = redis.call('HMGET', taskKey(taskId), 'leaseId', 'hasWorker', 'paused')
if fields[2] == hasWorker and (fields[3] or '0') == paused then return 0 end
if seenHeartbeat ~= '' and redis.call('HGET', prefix .. 'hb', fields[1]) ~= seenHeartbeat then return 0 end
changeTask(taskId, state, 'worker-changed', 'hasWorker', hasWorker, 'paused', paused)
return 1
