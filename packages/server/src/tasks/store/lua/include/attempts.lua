-- Shared by all scripts of an attempt at a task.
-- @include changes.lua

-- Reads of the task: state, whether its run is over (it waits for its children), its parent, the number of its open
-- children, the secret of a child's attempt, version.
local function readAttempt(taskId)
  return redis.call('HMGET', taskKey(taskId), 'state', 'runDone', 'parentId', 'openChildren', 'secret', 'version')
end

-- Whether this attempt may act for the task now. A child's attempt has a secret of its own, since it runs under its parent's
-- lease. It may no longer act when its parent has ended.
local function isActing(task, leaseId, secret)
  if task[1] ~= 'running' or task[2] then return false end
  if task[3] then return task[5] == secret and isOpen(task[3]) and isInForce(leaseId) end
  return proves(leaseId, secret)
end

local function acts(taskId, leaseId, secret) return isActing(readAttempt(taskId), leaseId, secret) end
