-- Ends a task after its last attempt, together with its lease.
-- Input   taskId, leaseId, secret, state, error, result (JSON), progress (JSON); error and result may be '';
--         its changes: 'all' records that it may have changed, or only those of the 'chunks' that follow
-- Output  the task's state, or false if this attempt may no longer act. The state is still `running` if the run has returned
-- and children of the task are open: the last child ends it. A repetition, after a lost answer, has the same answer
-- Events  changed, task, released
-- @include include/attempts.lua
-- @include include/close.lua
-- @include include/taskChanges.lua
local taskId, leaseId, secret, state = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local task = readAttempt(taskId)
local parentId, open, version = task[3], task[4], task[6]

local fields = { 'hasWorker', 1, 'progress', ARGV[7], 'endedBy', secret }
local function set(name, value)
  if value == '' then return end
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
set('error', ARGV[5])
set('result', ARGV[6])

local function noteChanges()
  if not mayWrite(leaseId) then return end
  if ARGV[8] == 'chunks' then return noteTaskChange(taskId, unpackChunks(9)) end
  -- A task that reports its finished records has changed no others.
  if redis.call('HGET', taskKey(taskId), 'reportsRows') then return end
  repeat until not notePart(taskId, leaseId, parentId, secret)
end

-- The short way, for a task without parent and children.
if task[1] == 'running' and not parentId and not open then
  if not proves(leaseId, secret) then return false end
  noteChanges()
  local holder, count = leaveForce(leaseId, secret)
  if not holder then return false end
  closeTask(taskId, nil, state, version, unpack(fields))
  finishEnd(leaseId, holder, count, 'ended')
  return state
end

-- @include include/tasks.lua
if redis.call('HGET', taskKey(taskId), 'endedBy') == secret then return task[1] end
if not isActing(task, leaseId, secret) then return false end
noteChanges()
isNoted[taskId] = true
if state == 'completed' and open then
  if tonumber(open) > 0 then
    redis.call('HSET', taskKey(taskId), 'runDone', 1, unpack(fields))
    redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
    noteFraction(taskId)
    publishProgress(taskId)
    return 'running'
  end
  local reason = failedChildren(taskId)
  if reason then
    state = 'failed'
    set('error', reason)
  end
end
endTask(taskId, state, unpack(fields))
return state
