-- Takes one's lease back after a reload: the old secret proves it, and is void from then on. The new one proves it
-- too, so that the same request, made again because its answer was lost, succeeds again.
-- Input   leaseId, old secret, new secret
-- Output  { heartbeat count, fence, ttl (ms), count }, or false
-- @include include/leases.lua
local leaseId, oldSecret, newSecret = ARGV[1], ARGV[2], ARGV[3]
if not proves(leaseId, oldSecret) and not proves(leaseId, newSecret) then return false end
local lease = prefix .. 'lease:' .. leaseId
redis.call('HSET', lease, 'secret', newSecret)
local fields = redis.call('HMGET', lease, 'fence', 'ttl', 'count')
return { redis.call('HINCRBY', prefix .. 'hb', leaseId, 1), fields[1], fields[2], fields[3] }
