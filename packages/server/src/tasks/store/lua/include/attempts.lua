-- What every script of an attempt at a task shares.
-- @include changes.lua

-- Of the task: state, whether its run is over (it waits for its children), its parent if any, how many of its children
-- are open if it has had any, the secret of a child's attempt, version.
local function readAttempt(taskId)
  return redis.call('HMGET', taskKey(taskId), 'state', 'runDone', 'parentId', 'openChildren', 'secret', 'version')
end

-- Whether this attempt is the one that acts for the task now. A child's attempt has a secret of its own, since the lease
-- under which it runs is its parent's; and it acts no more when its parent has ended.
local function isActing(task, leaseId, secret)
  if task[1] ~= 'running' or task[2] then return false end
  if task[3] then return task[5] == secret and isOpen(task[3]) and isInForce(leaseId) end
  return proves(leaseId, secret)
end

local function acts(taskId, leaseId, secret) return isActing(readAttempt(taskId), leaseId, secret) end
