-- Gives a position in the wait list up, or a claim in parts. Where the lease has come into force already, it stays.
-- Input   leaseId, secret, then the leases that were in the way
-- Output  { 'granted', news }, or { 'withdrawn', { those that still are, … } }
-- Events  released
-- @include include/ends.lua
local leaseId, secret = ARGV[1], ARGV[2]
local standing = standingOf(leaseId)
local isOwn = standing and isSecretOf(leaseId, secret)
if isOwn and standing == 'held' then return { 'granted', newsOfLease(leaseId) } end
local still = {}
for position = 3, #ARGV do
  if standingOf(ARGV[position]) then still[#still + 1] = ARGV[position] end
end
if isOwn then endLease(leaseId, 'withdrawn') end
return { 'withdrawn', still }
