-- Advances a task that waits for its records: renews its position in the wait list, or ends the task if its wait is over.
-- Any number of processes may call it at once.
-- Input   taskId
-- Output  { 'acquired' }: its lease is in force, and its job must be added to the queue
--         { 'waiting', position }; { 'over' } if it does not wait, or if this call has ended it
-- Events  progress (apart from the change log) if its position has changed; task and released if it ends
-- @include include/tasks.lua
-- @include ../../../locks/registry/lua/include/waiting.lua
local taskId = ARGV[1]
local key = taskKey(taskId)
if stateOf(taskId) ~= 'waiting' then
  redis.call('SREM', prefix .. 'waitingTasks', taskId)
  return { 'over' }
end
local fields = redis.call('HMGET', key, 'leaseId', 'cancelRequested', 'waitUntil', 'position')
local leaseId, standing = fields[1], standingOf(fields[1])
if fields[2] == '1' then
  endTask(taskId, 'cancelled')
  return { 'over' }
end
if not standing then
  endTask(taskId, 'failed', 'error', 'Its position in the wait list was lost: no process renewed it for too long, or Redis has lost it.')
  return { 'over' }
end
if standing == 'held' then return { 'acquired' } end
-- This limit is only a convenience, so the wall clock may decide it.
if fields[3] and tonumber(nowMs()) >= tonumber(fields[3]) then
  endTask(taskId, 'failed', 'error', 'Its records did not become free within the time that it was to wait.')
  return { 'over' }
end
renewPending(leaseId)
local position = asInteger(positionOf(leaseId))
if position ~= fields[4] then
  redis.call('HSET', key, 'position', position)
  publishProgress(taskId)
end
return { 'waiting', tonumber(position) }
