-- A heartbeat of a lease that waits, and where it stands.
-- Input   leaseId, secret
-- Output  { 'granted', leaseId, fence, since, count }, { 'waiting', leaseId, place }, or false where it has ended
-- @include include/waiting.lua
local leaseId, secret = ARGV[1], ARGV[2]
local standing = standingOf(leaseId)
if not standing or not isSecretOf(leaseId, secret) then return false end
if standing == 'held' then
  redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
  local fields = redis.call('HMGET', leaseKey(leaseId), 'fence', 'since', 'count')
  return { 'granted', leaseId, fields[1], fields[2], tonumber(fields[3]) }
end
beatInQueue(leaseId)
return { 'waiting', leaseId, placeOf(leaseId) }
