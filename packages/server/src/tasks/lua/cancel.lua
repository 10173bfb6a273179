-- Asks a task to stop. The request is durable: an attempt sees it at its next heartbeat, a later one before it starts.
-- Input   taskId
-- Output  the task's state, or false where it is not known
-- Events  task
-- @include include/tasks.lua
local taskId = ARGV[1]
local state = stateOf(taskId)
if not state or FINAL[state] then return state or false end
if redis.call('HGET', taskKey(taskId), 'cancelRequested') == '0' then
  changeTask(taskId, state, 'cancelRequested', 'cancelRequested', 1)
end
return state
