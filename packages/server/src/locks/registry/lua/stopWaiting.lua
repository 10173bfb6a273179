-- Leaves the wait list, or abandons a request in parts. If the lease has come into force already, it stays.
-- Input   leaseId, secret, then the leases that blocked it
-- Output  { 'acquired', notice }, or { 'stopped', { those of them that still exist, … } }
-- Events  released
-- @include include/ends.lua
local leaseId, secret = ARGV[1], ARGV[2]
local standing = standingOf(leaseId)
local isOwn = standing and isSecretOf(leaseId, secret)
if isOwn and standing == 'held' then return { 'acquired', readNotice(leaseId) } end
local still = {}
for position = 3, #ARGV do
  if standingOf(ARGV[position]) then still[#still + 1] = ARGV[position] end
end
if isOwn then endLease(leaseId, 'stopped waiting') end
return { 'stopped', still }
