-- Takes one's lease back after a reload: the old secret proves it, and is void from then on. The new one proves it
-- too, so that the same request, made again because its answer was lost, succeeds again.
-- Input   leaseId, old secret, new secret, actor id (only the lease's own actor takes it back; '' asks nobody)
-- Output  { heartbeat count, fence, ttl (ms), count, holder (JSON), mode }, or false
-- @include include/leases.lua
local leaseId, oldSecret, newSecret, actorId = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if not proves(leaseId, oldSecret) and not proves(leaseId, newSecret) then return false end
local lease = prefix .. 'lease:' .. leaseId
if actorId ~= '' and cjson.decode(redis.call('HGET', lease, 'holder')).actor.id ~= actorId then return false end
redis.call('HSET', lease, 'secret', newSecret)
local fields = redis.call('HMGET', lease, 'fence', 'ttl', 'count', 'holder', 'mode')
return { redis.call('HINCRBY', prefix .. 'hb', leaseId, 1), unpack(fields) }
