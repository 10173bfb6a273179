-- What every script of an attempt at a task shares.
-- @include tasks.lua

-- Whether this attempt is the one that acts for the task now. A child's attempt has a secret of its own, since the lease
-- under which it runs is its parent's.
local function acts(taskId, leaseId, secret)
  local fields = redis.call('HMGET', taskKey(taskId), 'state', 'parentId', 'secret', 'runDone')
  if fields[1] ~= 'running' or fields[4] then return false end
  if fields[2] then return fields[3] == secret and isInForce(leaseId) end
  return proves(leaseId, secret)
end
