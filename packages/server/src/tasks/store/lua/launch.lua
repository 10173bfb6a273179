-- Acquires a new task's records and stores the task, in one step. Its job is sent directly after it, on the same connection,
-- so that a launch is one round trip. If the launch is refused, a placeholder replaces the job. Then BullMQ sees an existing
-- job, and adds nothing.
-- Input   the task's arguments (newTask.lua), then those of acquire.lua
-- Output  as acquire.lua, but the launch order follows the data of the lease. Or { 'refused', 'known' | 'reserved', taskId }
-- if another task has the idempotency key
-- Events  acquired, task
-- @include include/newTask.lua
local PLACEHOLDER_MS = 10000
local task = readTask()
local before = task.last
local jobKey = prefix .. 'tasks:' .. task.id

-- An existing job has overtaken this script, which Redis did not have yet. It finds no task, and fails.
local function onceRefused()
  if redis.call('EXISTS', jobKey) == 1 and redis.call('HEXISTS', jobKey, 'refused') == 0 then return end
  redis.call('HSET', jobKey, 'refused', 1)
  redis.call('PEXPIRE', jobKey, PLACEHOLDER_MS)
end
local refusal = refusalOfKey(task)
if refusal then
  onceRefused()
  return refusal
end

local function onceInForce(leaseId, since, count)
  -- The placeholder is from an earlier attempt, during a restart grace. A real job is not touched.
  redis.call('HDEL', jobKey, 'refused')
  return writeNewTask(task, 'queued', leaseId, since, count)
end
-- @include ../../../locks/registry/lua/include/acquire.lua
