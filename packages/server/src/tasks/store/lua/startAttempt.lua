-- Begins an attempt: it gets a new secret and a new fence, so an earlier attempt can act no more. The secret is the
-- lease's own, but of a child, whose lease is its parent's: there it is the task's. The first attempt has the lease's
-- fence, which nobody has written under before.
-- An attempt that ends says so, be it that it goes back to the queue. One that has not was cut off: its worker has crashed
-- or hung. A task to which that happens again and again is under suspicion, and runs alone in its worker until it is
-- either cleared or convicted; so it cannot take others with it.
-- Input   taskId, generation (rises with every start of the job), new secret, whether no other task runs in this worker
--         now and until the attempt ends (0 | 1)
-- Output  { 'started', leaseId, fence, ttl (ms), attempt, actor (JSON), parentId or '', secret of the lease,
--           what the lease covers (its packed list), records to work on (JSON) or '' for all that it covers, input (JSON) }
--         { 'over', state, error or '' } where the task has ended, also right now by a cancel request or a lost lease, or
--         has run
--         { 'superseded' } where a later start came first; { 'unknown' } where the task is not known
--         { 'suspect' } where it may only start alone
-- Events  task
-- @include include/changes.lua
-- Crashes in a row, from which on it runs alone, and after which it has failed: the last three were its own then.
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
  -- It waits for its children: that counts as run.
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
      -- If that worker only hung, it may act no more.
      redis.call('HSET', parentId and key or lease, 'secret', newSecret)
    end
    return { 'suspect' }
  end
  if crashes < CONVICTED then
    local fence = leaseFields[4]
    if parentId or attempt > 1 then fence = nextFence() end
    if attempt > 1 then
      -- The run begins again, and says anew which rows it cannot do. How far its family has come stays.
      redis.call('HDEL', key, 'failedCount', 'logged', 'error', 'endedBy')
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
