-- Stores a new task whose lease was acquired before. The lease is in force, or waits for its records.
-- Input   the task's arguments (newTask.lua), then leaseId, secret, state ('queued' | 'waiting')
-- Output  { 'created', createdAt (Unix ms), launch order }, { 'lost' } if the lease is in another state,
--         { 'refused', 'known' | 'reserved', taskId } if another task has the idempotency key
-- Events  task
-- @include include/newTask.lua
local task = readTask()
local leaseId, secret, state = unpack(ARGV, task.last + 1)
local refusal = refusalOfKey(task)
if refusal then return refusal end
local standing = standingOf(leaseId)
-- A waiting lease may have come into force meanwhile. The next round of waitingTasks.ts finds that out.
local isFit = standing == 'held' or (state == 'waiting' and standing == 'waiting')
if not isFit or not isSecretOf(leaseId, secret) then return { 'lost' } end
local createdAt = nowMs()
if state == 'waiting' then redis.call('SADD', prefix .. 'waitingTasks', task.id) end
local order = writeNewTask(task, state, leaseId, createdAt, redis.call('HGET', leaseKey(leaseId), 'count'))
return { 'created', createdAt, order }
