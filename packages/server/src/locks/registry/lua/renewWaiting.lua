-- Renews a waiting lease, and answers its position.
-- Input   leaseId, secret
-- Output  { 'acquired', notice, heartbeat }, { 'waiting', leaseId, position, heartbeat }; false if it has ended
-- @include include/waiting.lua
local leaseId, secret = ARGV[1], ARGV[2]
local standing = standingOf(leaseId)
if not standing or not isSecretOf(leaseId, secret) then return false end
if standing == 'held' then
  local heartbeat = redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
  return { 'acquired', readNotice(leaseId), heartbeat }
end
renewPending(leaseId)
return { 'waiting', leaseId, positionOf(leaseId), redis.call('HGET', prefix .. 'pending', leaseId) }
