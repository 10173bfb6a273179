-- A heartbeat of a lease that waits, and where it stands.
-- Input   leaseId, secret
-- Output  { 'granted', news }, { 'waiting', leaseId, place }, or false where it has ended
-- @include include/waiting.lua
local leaseId, secret = ARGV[1], ARGV[2]
local standing = standingOf(leaseId)
if not standing or not isSecretOf(leaseId, secret) then return false end
if standing == 'held' then
  redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
  return { 'granted', newsOfLease(leaseId) }
end
beatInQueue(leaseId)
return { 'waiting', leaseId, positionOf(leaseId) }
