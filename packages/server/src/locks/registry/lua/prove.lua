-- Whether a lease belongs to its owner and covers records exclusively. A shared lease does not permit writes. It counts as
-- a renewal. A lease that tabs of a user share gets a new fence for each write: the other tab may have written under a higher one.
-- Input   leaseId, secret, actor id (only the lease's own actor proves it; '' accepts anybody), nodes, then chunks
-- Output  { fence, holder (JSON), keys of the records that it does not cover }; false if the lease is not theirs
-- @include include/leases.lua
-- @include include/uncovered.lua
-- @include include/sharing.lua
local leaseId, secret, actorId = ARGV[1], ARGV[2], ARGV[3]
local nodes, chunks = unpackNodes(ARGV[4]), unpackChunks(5)
if not proves(leaseId, secret) then return false end
if actorId ~= '' and cjson.decode(redis.call('HGET', leaseKey(leaseId), 'holder')).actor.id ~= actorId then return false end
if sharerOf(redis.call('HGET', leaseKey(leaseId), 'holder')) then
  redis.call('HSET', leaseKey(leaseId), 'fence', nextFence())
end
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
local uncovered = uncoveredRecords(nodes, chunks, function(id) return id == leaseId end)
local fields = redis.call('HMGET', leaseKey(leaseId), 'fence', 'holder')
return { fields[1], fields[2], uncovered }
