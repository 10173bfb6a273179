-- Frees an idempotency key if it is still reserved for this task and the task was not stored.
-- Input   key (`<name>:<key>`), taskId
-- @include include/changes.lua
local idem, taskId = ARGV[1], ARGV[2]
if redis.call('HGET', prefix .. 'idem', idem) == taskId and redis.call('EXISTS', taskKey(taskId)) == 0 then
  redis.call('HDEL', prefix .. 'idem', idem)
end
