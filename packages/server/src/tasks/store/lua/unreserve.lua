-- Gives an idempotency key back, where it is still reserved for this task and the task was not written down.
-- Input   key (`<name>:<key>`), taskId
-- @include include/changes.lua
local idem, taskId = ARGV[1], ARGV[2]
if redis.call('HGET', prefix .. 'idem', idem) == taskId and redis.call('EXISTS', taskKey(taskId)) == 0 then
  redis.call('HDEL', prefix .. 'idem', idem)
end
