-- Takes a new task's records and writes it down, in one step. Its job is put into the queue after that.
-- Input   the task's arguments (newTask.lua), then those of acquire.lua
-- Output  as acquire.lua, or { 'refused', 'known' | 'reserved', taskId } where another has the idempotency key
-- Events  acquired, task
-- @include include/newTask.lua
local task = takeTaskArguments()
local refusal = refusalOfKey(task)
if refusal then return refusal end

local function onceInForce(leaseId, since, count) writeNewTask(task, 'queued', leaseId, since, count) end
-- @include ../../locks/lua/include/acquire.lua
