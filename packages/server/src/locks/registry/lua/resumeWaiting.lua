-- Resumes a waiting lease after a reload, as resume.lua does with one in force.
-- Input   leaseId, old secret, new secret, actor id (only the lease's own actor resumes it; '' accepts anybody)
-- Output  { 'waiting', position, heartbeat, ttl (ms), count, holder (JSON), mode, { blocking lease, … } }
--         { 'held' }: it has come into force, and nothing was done.
--         false: it has ended, or is somebody else's
-- @include include/waiting.lua
local leaseId, oldSecret, newSecret, actorId = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local standing = standingOf(leaseId)
local isOwn = isSecretOf(leaseId, oldSecret) or isSecretOf(leaseId, newSecret)
if not isOwn or (standing ~= 'waiting' and standing ~= 'held') then return false end
local lease = leaseKey(leaseId)
if actorId ~= '' and cjson.decode(redis.call('HGET', lease, 'holder')).actor.id ~= actorId then return false end
if standing == 'held' then return { 'held' } end
redis.call('HSET', lease, 'secret', newSecret)
renewPending(leaseId)
local fields = redis.call('HMGET', lease, 'ttl', 'count', 'holder', 'mode')
local blockers = {}
for _, blocker in ipairs(redis.call('HKEYS', prefix .. 'blockedBy:' .. leaseId)) do
  if blocker ~= 'n' then push(blockers, blocker) end
end
return {
  'waiting', positionOf(leaseId), redis.call('HGET', prefix .. 'pending', leaseId),
  fields[1], fields[2], fields[3], fields[4], blockers,
}
