-- Resumes a lease after a reload: the old secret proves it, and is void from then on. The new secret proves it too, so that
-- the same request succeeds again if its answer was lost.
-- Input   leaseId, old secret, new secret, actor id (only the lease's own actor resumes it; '' accepts anybody)
-- Output  { heartbeat count, fence, ttl (ms), count, holder (JSON), mode }, or false
-- @include include/leases.lua
local leaseId, oldSecret, newSecret, actorId = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if not proves(leaseId, oldSecret) and not proves(leaseId, newSecret) then return false end
local lease = prefix .. 'lease:' .. leaseId
if actorId ~= '' and cjson.decode(redis.call('HGET', lease, 'holder')).actor.id ~= actorId then return false end
redis.call('HSET', lease, 'secret', newSecret)
local fields = redis.call('HMGET', lease, 'fence', 'ttl', 'count', 'holder', 'mode')
return { redis.call('HINCRBY', prefix .. 'hb', leaseId, 1), unpack(fields) }
