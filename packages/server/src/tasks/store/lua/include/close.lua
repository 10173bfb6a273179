-- All of a task's final end but its lease's, for a task that does not wait. Ends are final: the caller has checked that it
-- has not ended before.
-- @include changes.lua
-- @include ../../../../locks/registry/lua/include/ends.lua

-- A child is remembered for as long as its parent: a parent that begins again finds what it has launched.
local function closeTask(taskId, parentId, state, version, ...)
  local now, endedAt = appendChange(taskId, state, state, version)
  redis.call('HSET', taskKey(taskId), 'state', state, 'version', now, 'endedAt', endedAt, ...)
  redis.call('SREM', prefix .. 'open', taskId)
  if not parentId or not stateOf(parentId) then redis.call('ZADD', prefix .. 'ended', endedAt, taskId) end
end
