-- Ends a task that nobody runs now and whose job is not in the queue: it was taken out, or never came in.
-- Input   taskId, state, error ('' for none), whether its idempotency key is free again (0 | 1): a launch that has
--         failed is none
-- Output  1, or 0 where it runs, has ended, or is not known
-- Events  task, released
-- @include include/tasks.lua
local taskId, state, reason, isKeyFree = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local before = stateOf(taskId)
if before ~= 'queued' and before ~= 'retrying' and before ~= 'waiting' then return 0 end
local idem = isKeyFree == '1' and redis.call('HGET', taskKey(taskId), 'idem')
if idem then redis.call('HDEL', prefix .. 'idem', idem) end
if reason == '' then
  endTask(taskId, state, 'attended', 1)
else
  endTask(taskId, state, 'attended', 1, 'error', reason)
end
return 1
