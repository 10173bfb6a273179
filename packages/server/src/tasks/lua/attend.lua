-- Notes whether anybody works on a task, as an observer saw it.
-- Input   taskId, heartbeat seen, attended (0 | 1)
-- Output  1 where that was news, else 0
-- Events  task
-- @include include/tasks.lua
local taskId, seen, attended = ARGV[1], ARGV[2], ARGV[3]
local state = stateOf(taskId)
if not state or FINAL[state] then return 0 end
local fields = redis.call('HMGET', taskKey(taskId), 'leaseId', 'attended')
if redis.call('HGET', prefix .. 'hb', fields[1]) ~= seen or fields[2] == attended then return 0 end
changeTask(taskId, state, 'attended', 'attended', attended)
return 1
