-- Tasks: their hashes, and the log entries of their changes.
-- @include ../../../../locks/registry/lua/include/leases.lua
local FINAL = { completed = true, failed = true, cancelled = true }

local function taskKey(taskId) return prefix .. 'task:' .. taskId end

-- Nil if the task is unknown.
local function stateOf(taskId)
  return redis.call('HGET', taskKey(taskId), 'state') or nil
end

local function isOpen(taskId)
  local state = stateOf(taskId)
  return state and not FINAL[state]
end

-- The version after `version`. Versions carry their epoch: each epoch's lie above those of all earlier ones, also if Redis
-- has lost the newest. So the higher of two versions is always the newer one (taskStore.ts raises what it reads likewise).
local function versionAfter(version)
  local firstFence = redis.call('HGET', prefix .. 'meta', 'firstFence') or 0
  return asInteger(math.max(tonumber(version), tonumber(firstFence)) + 1)
end

-- Appends a change to the change log. The caller writes the task. `event` is one of the protocol's TaskEvent; `version` is
-- the
-- task's before it.
-- Output  the task's version now, and when that was (Unix ms, for display only)
local function appendChange(taskId, state, event, version)
  version = versionAfter(version)
  local position = append('kind', 'task', 'task', taskId, 'state', state, 'event', event, 'version', version)
  return version, string.match(position, '^%d+')
end

-- Writes fields, and appends the change to the change log.
local function changeTask(taskId, state, event, ...)
  local key = taskKey(taskId)
  local version = appendChange(taskId, state, event, redis.call('HGET', key, 'version'))
  redis.call('HSET', key, 'state', state, 'version', version, ...)
end
