-- Stores a child: a task that runs under the lease of the attempt which launches it. The lease covers the child's records
-- already.
-- Input   the task's arguments (newTask.lua), then parentId, leaseId, secret of the parent's attempt, record count
-- Output  { 'created', createdAt (Unix ms), launch order }, { 'lost' } if that attempt may no longer act,
--         { 'refused', 'known' | 'reserved', taskId } if it was launched before
-- Events  task, progress of the parent (apart from the change log)
-- @include include/newTask.lua
-- @include include/attempts.lua
-- @include include/children.lua
local task = readTask()
local parentId, leaseId, secret, count = unpack(ARGV, task.last + 1)
local refusal = refusalOfKey(task)
if refusal then return refusal end
if not acts(parentId, leaseId, secret) then return { 'lost' } end
local createdAt = nowMs()
local order = writeNewTask(task, 'queued', leaseId, createdAt, count)
-- A child inherits the cancel request of its parent.
redis.call('HSET', taskKey(task.id), 'cancelRequested', redis.call('HGET', taskKey(parentId), 'cancelRequested'))
addChild(parentId, task.id)
return { 'created', createdAt, order }
