-- Writes a new task down, whose lease is in force.
-- Input   taskId, leaseId, secret, then pairs of field and value
-- Output  1, or 0 where the lease is not in force any more
-- Events  task
-- @include include/tasks.lua
local taskId, leaseId, secret = ARGV[1], ARGV[2], ARGV[3]
if not proves(leaseId, secret) then return 0 end
local createdAt = nowMs()
redis.call('HSET', taskKey(taskId), 'leaseId', leaseId, 'createdAt', createdAt, 'attempt', 0, 'attended', 1,
  'cancelRequested', 0, 'progress', '{"done":0,"total":null}', unpack(ARGV, 4))
redis.call('ZADD', prefix .. 'tasks', createdAt, taskId)
redis.call('SADD', prefix .. 'open', taskId)
changeTask(taskId, 'queued', 'created')
return 1
