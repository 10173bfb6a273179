-- How the ends of parents and children depend on each other. Expects `closeTask`, and that `endTask` is declared.

local function failedChildren(parentId)
  local failed = tonumber(redis.call('HGET', taskKey(parentId), 'childrenFailed') or 0)
  if failed == 0 then return nil end
  return failed .. ' of ' .. redis.call('SCARD', prefix .. 'children:' .. parentId) .. ' child tasks failed.'
end

-- Ends the children of an ended parent. One call ends a limited number, so that Redis serves others soon. The other children
-- can neither start nor act, since their parent is not open, and the reconciler ends them.
local MOST_ENDED = 200
local endedChildren = 0
local function endChildren(parentId, state)
  for _, child in ipairs(redis.call('SMEMBERS', prefix .. 'children:' .. parentId)) do
    if endedChildren >= MOST_ENDED then return end
    local childState = stateOf(child)
    if childState and not FINAL[childState] then
      endedChildren = endedChildren + 1
      endTask(child, 'cancelled', 'hasWorker', 1, 'error', 'Its parent task has ended as ' .. state .. '.')
    end
  end
end

-- Counts one open child less. The last child ends its parent if the parent's own run is over.
local function oneChildLess(parentId)
  local key = taskKey(parentId)
  local open = redis.call('HINCRBY', key, 'openChildren', -1)
  local fields = redis.call('HMGET', key, 'runDone', 'cancelRequested')
  if open > 0 or not fields[1] then return end
  local reason = failedChildren(parentId)
  if not reason then
    endTask(parentId, 'completed', 'hasWorker', 1)
  elseif fields[2] == '1' then
    endTask(parentId, 'cancelled', 'hasWorker', 1)
  else
    endTask(parentId, 'failed', 'hasWorker', 1, 'error', reason)
  end
end

-- Handles the end of a child.
local function childHasEnded(parentId, taskId, state)
  reportToParent(taskId)
  local parentState = stateOf(parentId)
  if not parentState or FINAL[parentState] then return end
  if state ~= 'completed' then redis.call('HINCRBY', taskKey(parentId), 'childrenFailed', 1) end
  oneChildLess(parentId)
end

-- Removes a child that could not be queued and has not started, as if it had never been launched.
local function disown(parentId, taskId)
  redis.call('SREM', prefix .. 'children:' .. parentId, taskId)
  local key, parentState = taskKey(parentId), stateOf(parentId)
  if not parentState or FINAL[parentState] then return end
  local units = redis.call('HGET', taskKey(taskId), 'reportedUnits')
  if units then redis.call('HINCRBYFLOAT', key, 'unitsOfChildren', '-' .. units) end
  reportToParent(parentId)
  oneChildLess(parentId)
end
