-- Begins an attempt: it gets a new secret and a new fence, so an earlier attempt can act no more. The secret is the
-- lease's own, but of a child, whose lease is its parent's: there it is the task's. The first attempt has the lease's
-- fence, which nobody has written under before.
-- Input   taskId, generation (rises with every start of the job), new secret
-- Output  { 'started', leaseId, fence, ttl (ms), attempt, actor (JSON), parentId or '', secret of the lease,
--           what the lease covers (its packed list), records to work on (JSON) or '' for all that it covers, input (JSON) }
--         { 'over', state, error or '' } where the task has ended, also right now by a cancel request or a lost lease, or
--         has run
--         { 'superseded' } where a later start came first; { 'unknown' } where the task is not known
-- Events  task
-- @include include/changes.lua
local taskId, generation, newSecret = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local key = taskKey(taskId)
local fields = redis.call('HMGET', key, 'state', 'leaseId', 'cancelRequested', 'startedAt', 'actor', 'attempt',
  'parentId', 'records', 'runDone', 'generation', 'input', 'version', 'error')
local state, leaseId, parentId = fields[1], fields[2], fields[7]
if not state then return { 'unknown' } end
if FINAL[state] then return { 'over', state, fields[13] or '' } end

local isCancelled = fields[3] == '1'
if not isCancelled and isInForce(leaseId) and (not parentId or isOpen(parentId)) then
  -- It waits for its children: that counts as run.
  if fields[9] then return { 'over', 'completed', '' } end
  local lease = leaseKey(leaseId)
  local leaseFields = redis.call('HMGET', lease, 'ttl', 'secret', 'generation', 'fence')
  local last = fields[10]
  if not parentId then last = leaseFields[3] end
  if generation <= tonumber(last or 0) then return { 'superseded' } end

  local attempt = tonumber(fields[6]) + 1
  local fence = leaseFields[4]
  if parentId or attempt > 1 then fence = nextFence() end
  if attempt > 1 then
    -- The run begins again, and says anew which rows it cannot do. How far its family has come stays.
    redis.call('HDEL', key, 'failedCount', 'logged', 'error', 'endedBy')
    redis.call('DEL', prefix .. 'failed:' .. taskId)
  end
  if parentId then
    redis.call('HSET', key, 'secret', newSecret, 'generation', generation)
  else
    redis.call('HSET', lease, 'secret', newSecret, 'generation', generation, 'fence', fence)
  end
  redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
  local version, now = tellChange(taskId, 'running', 'started', fields[12])
  redis.call('HSET', key, 'state', 'running', 'version', version, 'attempt', attempt, 'attended', 1,
    'progress', '{"done":0,"total":null}', 'startedAt', fields[4] or now)
  return { 'started', leaseId, fence, leaseFields[1], attempt, fields[5], parentId or '',
    parentId and leaseFields[2] or newSecret, redis.call('LRANGE', prefix .. 'ids:' .. leaseId, 0, -1),
    fields[8] or '', fields[11] }
end

-- @include include/tasks.lua
-- @include include/lostLease.lua
if isCancelled then
  endTask(taskId, 'cancelled')
  return { 'over', 'cancelled', '' }
end
local ending, reason = 'cancelled', 'Its parent task has ended.'
if not parentId then
  local when = fields[6] == '0' and 'before it could start' or 'while it ran'
  ending, reason = 'failed', lossInWords(leaseId, 'Its locks were lost ' .. when .. '.')
end
endTask(taskId, ending, 'error', reason)
return { 'over', ending, reason }
