-- What every script of an attempt at a task shares.
-- @include tasks.lua

-- Whether this attempt is the one that acts for the task now. A child's attempt has a secret of its own, since the lease
-- under which it runs is its parent's.
-- Output  whether it is, the task's parent if any, how many of its children are open if it has had any
local function acts(taskId, leaseId, secret)
  local fields = redis.call('HMGET', taskKey(taskId), 'state', 'runDone', 'parentId', 'openChildren', 'secret')
  if fields[1] ~= 'running' or fields[2] then return false end
  if fields[3] then return fields[5] == secret and isInForce(leaseId), fields[3], fields[4] end
  return proves(leaseId, secret), false, fields[4]
end
