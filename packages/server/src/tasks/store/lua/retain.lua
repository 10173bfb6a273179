-- Keeps to what is to be kept of ended tasks: those that ended first are forgotten, where they are too old or too many.
-- Children count with their parent, and are forgotten next after it.
-- Input   how many ended tasks are kept at most, for how long after their end (ms), how many go at most in this call
-- Output  how many went
-- @include include/changes.lua
local maxTasks, maxAgeMs, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local ended = prefix .. 'ended'

-- With their parent's position, so that they go before all that has ended later. Of large families not many go in one call.
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
