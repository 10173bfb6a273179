-- Notes that a waiting task has its records, and that its job is in the queue.
-- Input   taskId
-- Output  1, or 0 if it no longer waits
-- Events  task
-- @include include/changes.lua
local taskId = ARGV[1]
redis.call('SREM', prefix .. 'waitingTasks', taskId)
if stateOf(taskId) ~= 'waiting' then return 0 end
changeTask(taskId, 'queued', 'queued')
return 1
