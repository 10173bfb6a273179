-- Tasks: what every script of theirs shares. A task's change, the fate of its lease and the entry in the change log
-- are one step, so nobody ever sees a task that has ended and still holds records.
-- @include ../../../locks/lua/include/ends.lua
local TASKS_KEPT = 1000
local FINAL = { completed = true, failed = true, cancelled = true }

local function taskKey(taskId) return prefix .. 'task:' .. taskId end

-- Nil where the task is not known.
local function stateOf(taskId)
  return redis.call('HGET', taskKey(taskId), 'state') or nil
end

-- Writes fields and tells the change log. `event` is one of the protocol's TaskEvent.
local function changeTask(taskId, state, event, ...)
  local key = taskKey(taskId)
  redis.call('HSET', key, 'state', state, ...)
  local version = redis.call('HINCRBY', key, 'version', 1)
  append('kind', 'task', 'task', taskId, 'state', state, 'event', event, 'version', version)
end

-- The oldest of the ended tasks go once there are more than TASKS_KEPT.
local function forgetOldTasks()
  local excess = redis.call('ZCARD', prefix .. 'tasks') - TASKS_KEPT
  if excess <= 0 then return end
  for _, taskId in ipairs(redis.call('ZRANGE', prefix .. 'tasks', 0, math.min(excess, 20) - 1)) do
    if FINAL[stateOf(taskId)] then
      redis.call('DEL', taskKey(taskId))
      redis.call('ZREM', prefix .. 'tasks', taskId)
    end
  end
end

-- The final end: the task, its lease, the log. Ends are final: the caller has checked that it has not ended before.
local function endTask(taskId, state, ...)
  local leaseId = redis.call('HGET', taskKey(taskId), 'leaseId')
  changeTask(taskId, state, state, 'endedAt', nowMs(), ...)
  redis.call('SREM', prefix .. 'open', taskId)
  if isInForce(leaseId) then endLease(leaseId, 'ended') end
  forgetOldTasks()
end
