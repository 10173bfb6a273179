-- Writes a new task down and hands a person's lease over to it, in one step: there is no moment in which the records are
-- nobody's, or a task's that is not written down.
-- Input   the task's arguments (newTask.lua), then leaseId, secret, new secret, the task as holder (JSON), ttl (ms),
--         actor id, mode
-- Output  { 'created', createdAt, launch order, count }
--         { 'lost' } where the lease is not in force or the secret not its own; { 'foreign' } where it is not a lease of
--         a person who is that actor; { 'shared' } where the task must be alone and the lease is not
--         { 'refused', 'known' | 'reserved', taskId } where another has the idempotency key
-- Events  transferred, task
-- @include include/newTask.lua
-- @include ../../../locks/registry/lua/include/transfers.lua
local task = readTask()
local leaseId, secret, newSecret, holder, ttlMs, actorId, mode = unpack(ARGV, task.last + 1)
local refusal = refusalOfKey(task)
if refusal then return refusal end
if not proves(leaseId, secret) then return { 'lost' } end
local former = redis.call('HMGET', leaseKey(leaseId), 'holder', 'ttl', 'expiry', 'mode', 'count')
local formerHolder = cjson.decode(former[1])
if formerHolder.type ~= 'person' or formerHolder.actor.id ~= actorId then return { 'foreign' } end
if mode == 'exclusive' and former[4] ~= 'exclusive' then return { 'shared' } end
local createdAt = nowMs()
transferLease(leaseId, newSecret, holder, ttlMs, 'supervised')
local order = writeNewTask(task, 'queued', leaseId, createdAt, former[5])
-- For who gives it back, and may not have heard that it was taken.
redis.call('HSET', taskKey(task.id), 'formerHolder', former[1], 'formerTtl', former[2], 'formerExpiry', former[3])
return { 'created', createdAt, order, tonumber(former[5]) }
