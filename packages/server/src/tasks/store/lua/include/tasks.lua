-- Shared by every script that may end a task. The change of a task, the end of its lease and the log entry are one step, so
-- an ended task never holds records.
-- @include close.lua
-- @include children.lua
-- @include taskChanges.lua

local endTask
-- @include families.lua

-- The tasks whose changes are noted by this call already, or with their reports.
local isNoted = {}

-- Notes the records that a task may have changed, if it does not end by itself: how far it came is unknown.
local function noteUnreported(taskId, leaseId, parentId, attempt)
  local heartbeat = redis.call('HGET', prefix .. 'hb', leaseId)
  if isNoted[taskId] or attempt == '0' or not heartbeat or not mayWrite(leaseId) then return end
  repeat until not notePart(taskId, leaseId, parentId, attempt .. ':' .. heartbeat)
end

-- Ends a task, its lease and its children, with log entries. A child's lease is its parent's, and continues.
function endTask(taskId, state, ...)
  local fields = redis.call('HMGET', taskKey(taskId), 'leaseId', 'parentId', 'openChildren', 'version', 'attempt', 'runDone')
  readBlocked(fields[1])
  -- A run that is over has noted its changes.
  if not fields[6] then noteUnreported(taskId, fields[1], fields[2], fields[5]) end
  closeTask(taskId, fields[2], state, fields[4], ...)
  redis.call('SREM', prefix .. 'waitingTasks', taskId)
  if fields[3] and state == 'completed' then noteFraction(taskId) end
  if tonumber(fields[3] or 0) > 0 then endChildren(taskId, state) end
  if fields[2] then return childHasEnded(fields[2], taskId, state) end
  local standing = standingOf(fields[1])
  if standing then endLease(fields[1], standing == 'held' and 'ended' or 'stopped waiting') end
end
