-- Deletes ended tasks that are too old or too many, in the order of their ends. Children count with their parent, and are
-- deleted directly after it.
-- Input   the most ended tasks to keep, for how long after their end (ms), the most to delete in this call
-- Output  how many were deleted
-- @include include/changes.lua
local maxTasks, maxAgeMs, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local ended = prefix .. 'ended'

-- Children get their parent's position, so that they are deleted before tasks that ended later. Large families take several
-- calls.
local MOST_RELEASED = 1000
local released = 0
local function releaseChildren(taskId)
  local position
  for _, child in ipairs(redis.call('SMEMBERS', prefix .. 'children:' .. taskId)) do
    position = position or redis.call('ZSCORE', ended, taskId)
    released = released + 1
    if FINAL[stateOf(child)] then redis.call('ZADD', ended, position, child) end
  end
end

local oldest = asInteger(tonumber(nowMs()) - maxAgeMs)
local excess = math.min(redis.call('ZCARD', ended) - maxTasks, most)
local gone = redis.call('ZRANGEBYSCORE', ended, '-inf', '(' .. oldest, 'LIMIT', 0, most)
if excess > #gone then gone = redis.call('ZRANGE', ended, 0, excess - 1) end
local count = 0
for _, taskId in ipairs(gone) do
  if released >= MOST_RELEASED then break end
  count = count + 1
  local idem = redis.call('HGET', taskKey(taskId), 'idem')
  if idem and redis.call('HGET', prefix .. 'idem', idem) == taskId then redis.call('HDEL', prefix .. 'idem', idem) end
  releaseChildren(taskId)
  redis.call('DEL', taskKey(taskId), prefix .. 'failed:' .. taskId, prefix .. 'tasklog:' .. taskId,
    prefix .. 'children:' .. taskId)
  redis.call('ZREM', prefix .. 'tasks', taskId)
  redis.call('ZREM', ended, taskId)
end
return count
