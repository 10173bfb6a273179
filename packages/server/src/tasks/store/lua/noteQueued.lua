-- A task that has waited has its records, and its job is in the queue.
-- Input   taskId
-- Output  1, or 0 where it does not wait any more
-- Events  task
-- @include include/changes.lua
local taskId = ARGV[1]
redis.call('SREM', prefix .. 'waitingTasks', taskId)
if stateOf(taskId) ~= 'waiting' then return 0 end
changeTask(taskId, 'queued', 'queued')
return 1
