-- Ends a lease for its owner.
-- Input   leaseId, secret, reason, run_id, `met` or ''
-- Output  { notice of each lease that came into force by it, … }, so that waiters in the calling process need no other
--         notification; false if the lease is not in force, or the secret is wrong
-- Events  released
-- @include include/ends.lua
local leaseId, secret, reason = ARGV[1], ARGV[2], ARGV[3]
hintOfCall = ARGV[4]
local holder, count = leaveForce(leaseId, secret)
if not holder then return false end
finishEnd(leaseId, holder, count, reason)
return acquiredNotices
