-- All of a task's final end but its lease's, for a task that does not wait. Ends are final: the caller has checked that it
-- has not ended before.
-- @include changes.lua
-- @include ../../../locks/lua/include/ends.lua
local function closeTask(taskId, state, version, ...)
  local now, endedAt = tellChange(taskId, state, state, version)
  redis.call('HSET', taskKey(taskId), 'state', state, 'version', now, 'endedAt', endedAt, ...)
  redis.call('SREM', prefix .. 'open', taskId)
  redis.call('ZADD', prefix .. 'ended', endedAt, taskId)
end
