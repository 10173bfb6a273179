-- Notes a part of the records that a task may have changed, before its end notes the rest. So the end of a large task takes
-- Redis no longer than that of a small one.
-- Input   taskId, secret of the attempt, or '' and the attempt and heartbeat that a reconciler saw
-- Output  1 if there may be more; 0 if that is all, if nothing can have changed, or if the task has changed since
-- Events  changed
-- @include include/attempts.lua
-- @include include/taskChanges.lua
local taskId, secret, seenAttempt, seenHeartbeat = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local fields = redis.call('HMGET', taskKey(taskId), 'leaseId', 'attempt', 'parentId', 'reportsRows', 'runDone')
local leaseId = fields[1]
if not leaseId or fields[2] == '0' or fields[5] or not mayWrite(leaseId) then return 0 end
local mark = secret
if secret == '' then
  if fields[2] ~= seenAttempt or redis.call('HGET', prefix .. 'hb', leaseId) ~= seenHeartbeat then return 0 end
  mark = seenAttempt .. ':' .. seenHeartbeat
elseif fields[4] or not acts(taskId, leaseId, secret) then
  return 0
end
return notePart(taskId, leaseId, fields[3], mark) and 1 or 0
