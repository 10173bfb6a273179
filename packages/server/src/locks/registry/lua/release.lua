-- Ends a lease for its owner.
-- Input   leaseId, secret, reason, run_id, `met` or ''
-- Output  { news of each lease that came into force by it, … }: those who wait in the same process need not be told by
--         another way; or false where the lease is not in force or the secret is not its own
-- Events  released
-- @include include/ends.lua
local leaseId, secret, reason = ARGV[1], ARGV[2], ARGV[3]
hintOfCall = ARGV[4]
local holder, count = leaveForce(leaseId, secret)
if not holder then return false end
finishEnd(leaseId, holder, count, reason)
return granted
