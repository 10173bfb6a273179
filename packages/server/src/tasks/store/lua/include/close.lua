-- Ends a task that does not wait, except for its lease. Ends are final: the caller has checked that the task has not ended
-- before.
-- @include changes.lua
-- @include ../../../../locks/registry/lua/include/ends.lua

-- A child is kept as long as its parent, so that a repeated run of the parent finds its children.
local function closeTask(taskId, parentId, state, version, ...)
  local now, endedAt = appendChange(taskId, state, state, version)
  redis.call('HSET', taskKey(taskId), 'state', state, 'version', now, 'endedAt', endedAt, ...)
  redis.call('SREM', prefix .. 'open', taskId)
  if not parentId or not stateOf(parentId) then redis.call('ZADD', prefix .. 'ended', endedAt, taskId) end
end
