-- Releases some of a lease's records. Without any record left the lease ends.
-- Input   leaseId, secret, then chunks
-- Output  how many records it still covers; -1 if it is not in force, or the secret is wrong
-- Events  freed, or released
-- @include include/releaseRecords.lua
local leaseId, secret = ARGV[1], ARGV[2]
if not proves(leaseId, secret) then return -1 end
readBlocked(leaseId)
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
return releaseRecords(leaseId, unpackChunks(3), false)
