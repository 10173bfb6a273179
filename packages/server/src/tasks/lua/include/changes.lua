-- Tasks: their hashes, and how a change of one is told.
-- @include ../../../locks/lua/include/leases.lua
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
