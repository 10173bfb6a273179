-- Looks after a task that waits for its records, on behalf of whoever launched it: beats for its position in the wait list, and
-- ends it where there is nothing to wait for any more. May come from any number of processes at once.
-- Input   taskId
-- Output  { 'granted' }: its lease is in force, and its job is to be put into the queue
--         { 'waiting', position }; { 'over' } where it does not wait, or has ended by this call
-- Events  progress (apart from the change log) where its position has changed; task and released where it ends
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
  endTask(taskId, 'failed', 'error', 'Its position in the wait list was lost: nobody looked after it for too long, or Redis has lost it.')
  return { 'over' }
end
if standing == 'held' then return { 'granted' } end
-- The end of a courtesy, so that the wall clock may decide it.
if fields[3] and tonumber(nowMs()) >= tonumber(fields[3]) then
  endTask(taskId, 'failed', 'error', 'Its records did not become free within the time that it was to wait.')
  return { 'over' }
end
beatInQueue(leaseId)
local position = asInteger(positionOf(leaseId))
if position ~= fields[4] then
  redis.call('HSET', key, 'position', position)
  publishProgress(taskId)
end
return { 'waiting', tonumber(position) }
