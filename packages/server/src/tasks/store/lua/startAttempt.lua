-- Starts an attempt. It gets a new secret and a new fence, so that an earlier attempt can no longer act. The secret is the
-- lease's own. For a child, whose lease is its parent's, it is the task's. The first attempt has the lease's fence, under
-- which nobody has written before.
-- Every attempt stores its end, even if it returns to the queue. An attempt without an end was interrupted: its worker has
-- crashed or hung. A task to which this happens repeatedly runs alone in its worker, until it ends or has crashed too often.
-- So it cannot interrupt other tasks.
-- Input   taskId, generation (rises with every start of the job), new secret, whether no other task runs in this worker
--         now and until the attempt ends (0 | 1)
-- Output  { 'started', leaseId, fence, ttl (ms), attempt, actor (JSON), parentId or '', secret of the lease,
--           what the lease covers (its packed list), records to work on (JSON) or '' for all that it covers, input (JSON) }
--         { 'over', state, error or '' } if the task has ended, also by this call because of a cancel request or a lost
--         lease, or if its run is over.
--         { 'superseded' } if a later start came first; { 'unknown' } if the task is unknown
--         { 'suspect' } if it may only run alone
-- Events  task; changed and released if it ends
-- @include include/changes.lua
-- The crashes in a row after which it runs alone, and after which it fails. The last three were certainly its own.
local SUSPECT, CONVICTED = 2, 5
local taskId, generation, newSecret, isAlone = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4] == '1'
local key = taskKey(taskId)
local fields = redis.call('HMGET', key, 'state', 'leaseId', 'cancelRequested', 'startedAt', 'actor', 'attempt',
  'parentId', 'records', 'runDone', 'generation', 'input', 'version', 'error')
local state, leaseId, parentId = fields[1], fields[2], fields[7]
if not state then return { 'unknown' } end
if FINAL[state] then return { 'over', state, fields[13] or '' } end

local isCancelled, crashes = fields[3] == '1', 0
if not isCancelled and isInForce(leaseId) and (not parentId or isOpen(parentId)) then
  -- It only waits for its children, so its run is over.
  if fields[9] then return { 'over', 'completed', '' } end
  local lease = leaseKey(leaseId)
  local leaseFields = redis.call('HMGET', lease, 'ttl', 'secret', 'generation', 'fence')
  local last = fields[10]
  if not parentId then last = leaseFields[3] end
  if generation <= tonumber(last or 0) then return { 'superseded' } end

  local attempt = tonumber(fields[6]) + 1
  if attempt > 1 then
    crashes = tonumber(redis.call('HGET', key, 'crashes') or 0)
    if state == 'running' then crashes = crashes + 1 end
  end
  if crashes >= SUSPECT and crashes < CONVICTED and not isAlone then
    if state == 'running' then
      changeTask(taskId, 'retrying', 'retrying', 'crashes', crashes, 'paused', 0, 'error',
        'Its worker crashed or hung.')
      -- If that worker only hung, it may no longer act.
      redis.call('HSET', parentId and key or lease, 'secret', newSecret)
    end
    return { 'suspect' }
  end
  if crashes < CONVICTED then
    local fence = leaseFields[4]
    if parentId or attempt > 1 then fence = nextFence() end
    if attempt > 1 then
      -- The run is repeated, and reports its failed records again. The fraction of the family is kept.
      redis.call('HDEL', key, 'failedCount', 'logged', 'reported', 'error', 'endedBy')
      redis.call('DEL', prefix .. 'failed:' .. taskId)
      if crashes > 0 then redis.call('HSET', key, 'crashes', crashes) end
    end
    if parentId then
      redis.call('HSET', key, 'secret', newSecret, 'generation', generation)
    else
      redis.call('HSET', lease, 'secret', newSecret, 'generation', generation, 'fence', fence)
    end
    redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
    local version, now = appendChange(taskId, 'running', 'started', fields[12])
    redis.call('HSET', key, 'state', 'running', 'version', version, 'attempt', attempt, 'hasWorker', 1,
      'progress', '{"done":0,"total":null}', 'startedAt', fields[4] or now)
    return { 'started', leaseId, fence, leaseFields[1], attempt, fields[5], parentId or '',
      parentId and leaseFields[2] or newSecret, redis.call('LRANGE', prefix .. 'ids:' .. leaseId, 0, -1),
      fields[8] or '', fields[11] }
  end
end

-- @include include/tasks.lua
-- @include include/lostLease.lua
if isCancelled then
  endTask(taskId, 'cancelled')
  return { 'over', 'cancelled', '' }
end
if crashes >= CONVICTED then
  local reason = 'Its worker crashed or hung ' .. crashes .. ' times in a row while it ran, the last '
    .. crashes - SUSPECT .. ' times with no other task beside it. It is not tried again. '
    .. 'Look for the cause in the log of the worker: a common one is too little memory.'
  endTask(taskId, 'failed', 'hasWorker', 1, 'error', reason)
  return { 'over', 'failed', reason }
end
local ending, reason = 'cancelled', 'Its parent task has ended.'
if not parentId then
  local when = fields[6] == '0' and 'before it could start' or 'while it ran'
  ending, reason = 'failed', describeLoss(leaseId, 'Its locks were lost ' .. when .. '.')
end
endTask(taskId, ending, 'error', reason)
return { 'over', ending, reason }
