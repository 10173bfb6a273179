-- Lets some of a lease's records go while it goes on with the others; with the last of them it ends.
-- Input   leaseId, secret, then chunks
-- Output  how many records it still covers, or -1 where it is not in force or the secret is not its own
-- Events  freed, or released
-- @include include/free.lua
local leaseId, secret = ARGV[1], ARGV[2]
if not proves(leaseId, secret) then return -1 end
readBehind(leaseId)
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
return freeRecords(leaseId, unpackChunks(3), false)
