-- Takes a new task's records and writes it down, in one step.
-- Its job is sent right behind, on the same connection, so that a launch is one round trip. Where it is refused, a
-- placeholder stands where the job would: BullMQ then takes the job for one that it has, and adds nothing.
-- Input   the task's arguments (newTask.lua), then those of acquire.lua
-- Output  as acquire.lua, where the news of the grant end with the task's launch order; or { 'refused', 'known' | 'reserved', taskId } where another has the idempotency key
-- Events  acquired, task
-- @include include/newTask.lua
local PLACEHOLDER_MS = 10000
local task = readTask()
local before = task.last
local jobKey = prefix .. 'tasks:' .. task.id

-- A job that is there itself has overtaken this script, which Redis did not have yet: it finds no task, and fails.
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
  -- Of an earlier try, in a term of grace. A job that is there itself is left alone.
  redis.call('HDEL', jobKey, 'refused')
  return writeNewTask(task, 'queued', leaseId, since, count)
end
-- @include ../../../locks/registry/lua/include/acquire.lua
