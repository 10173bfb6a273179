-- Transfers a lease to another holder without a gap, with a new secret and a new fence. The old secret is void. The same
-- call succeeds again if its answer was lost.
-- Input   leaseId, secret, new secret, new holder (JSON), ttl (ms; '' keeps it), expiry ('' keeps it)
-- Output  { fence, ttl (ms), count, since }, or false. Also false if another tab of the user holds some of the records
--         too, or waits for them: the new holder would not be alone
-- Events  transferred
-- @include include/transfers.lua
-- @include include/coHeld.lua
local leaseId, secret, newSecret, holder, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if not proves(leaseId, secret) and not proves(leaseId, newSecret) then return false end
if isCoHeld(leaseId) then return false end
transferLease(leaseId, newSecret, holder, ttlMs, expiry)
local fields = redis.call('HMGET', leaseKey(leaseId), 'fence', 'ttl', 'count', 'since')
return { fields[1], fields[2], tonumber(fields[3]), fields[4] }
