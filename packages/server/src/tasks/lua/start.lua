-- Begins an attempt: the lease gets a new secret and a new fence, so an earlier attempt can act no more.
-- Input   taskId, generation (rises with every start of the job), new secret
-- Output  { 'started', leaseId, fence, ttl (ms), attempt }
--         { 'over', state } where the task has ended, also right now by a cancel request or a lost lease
--         { 'superseded' } where a later start came first; { 'unknown' } where the task is not known
-- Events  task
-- @include include/tasks.lua
local taskId, generation, newSecret = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local state = stateOf(taskId)
if not state then return { 'unknown' } end
if FINAL[state] then return { 'over', state } end

local key = taskKey(taskId)
local fields = redis.call('HMGET', key, 'leaseId', 'cancelRequested', 'startedAt')
local leaseId = fields[1]
if fields[2] == '1' then
  endTask(taskId, 'cancelled')
  return { 'over', 'cancelled' }
end
if not isInForce(leaseId) then
  endTask(taskId, 'failed', 'error', 'Its locks were lost before it could start.')
  return { 'over', 'failed' }
end

local lease = prefix .. 'lease:' .. leaseId
if generation <= tonumber(redis.call('HGET', lease, 'generation') or 0) then return { 'superseded' } end
local fence = nextFence()
redis.call('HSET', lease, 'secret', newSecret, 'generation', generation, 'fence', fence)
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
local attempt = redis.call('HINCRBY', key, 'attempt', 1)
changeTask(taskId, 'running', 'started', 'attended', 1, 'progress', '{"done":0,"total":null}',
  'startedAt', fields[3] or nowMs())
return { 'started', leaseId, fence, redis.call('HGET', lease, 'ttl'), attempt }
