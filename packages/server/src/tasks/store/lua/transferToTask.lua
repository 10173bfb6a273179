-- Stores a new task and transfers a person's lease to it, in one step. So the records always have a holder, and the holder
-- is always stored.
-- Input   the task's arguments (newTask.lua), then leaseId, secret, new secret, the task as holder (JSON), ttl (ms),
--         actor id, mode
-- Output  { 'created', createdAt, launch order, count }
--         { 'lost' } if the lease is not in force or the secret is wrong. { 'foreign' } if it is not a lease of a person who
--         is that actor. { 'shared' } if the task is exclusive and the lease is not. Also { 'shared' } if another tab of the
--         user holds some of the records too.
--         { 'refused', 'known' | 'reserved', taskId } if another task has the idempotency key
-- Events  transferred, task
-- @include include/newTask.lua
-- @include ../../../locks/registry/lua/include/transfers.lua
-- @include ../../../locks/registry/lua/include/sharing.lua
-- @include ../../../locks/registry/lua/include/coHeld.lua
local task = readTask()
local leaseId, secret, newSecret, holder, ttlMs, actorId, mode = unpack(ARGV, task.last + 1)
local refusal = refusalOfKey(task)
if refusal then return refusal end
if not proves(leaseId, secret) then return { 'lost' } end
local former = redis.call('HMGET', leaseKey(leaseId), 'holder', 'ttl', 'expiry', 'mode', 'count')
local formerHolder = cjson.decode(former[1])
if formerHolder.type ~= 'person' or formerHolder.actor.id ~= actorId then return { 'foreign' } end
if mode == 'exclusive' and former[4] ~= 'exclusive' then return { 'shared' } end
if sharerOf(former[1]) and isCoHeld(leaseId) then return { 'shared' } end
local createdAt = nowMs()
transferLease(leaseId, newSecret, holder, ttlMs, 'supervised')
local order = writeNewTask(task, 'queued', leaseId, createdAt, former[5])
-- For returnLease.lua, whose caller may not know whether the transfer succeeded.
redis.call('HSET', taskKey(task.id), 'formerHolder', former[1], 'formerTtl', former[2], 'formerExpiry', former[3])
return { 'created', createdAt, order, tonumber(former[5]) }
