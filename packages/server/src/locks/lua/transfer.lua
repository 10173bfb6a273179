-- Hands a lease to another holder without a gap, with a new secret and a new fence; the old secret is void. The same
-- call, made again because its answer was lost, succeeds again.
-- Input   leaseId, secret, new secret, new holder (JSON), ttl (ms; '' keeps it), expiry ('' keeps it)
-- Output  { fence, ttl (ms), count, since }, or false
-- Events  transferred
-- @include include/leases.lua
local leaseId, secret, newSecret, holder, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if not proves(leaseId, secret) and not proves(leaseId, newSecret) then return false end
local key = leaseKey(leaseId)
local from = redis.call('HGET', key, 'holder')
redis.call('HSET', key, 'secret', newSecret, 'holder', holder, 'fence', nextFence(), 'generation', 0)
if ttlMs ~= '' then redis.call('HSET', key, 'ttl', ttlMs) end
if expiry ~= '' then redis.call('HSET', key, 'expiry', expiry) end
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
append('kind', 'transferred', 'lease', leaseId, 'holder', holder, 'from', from)
local fields = redis.call('HMGET', key, 'fence', 'ttl', 'count', 'since')
return { fields[1], fields[2], tonumber(fields[3]), fields[4] }
