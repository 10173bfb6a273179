-- The last step of a request in parts: all of it comes into force at once, or keeps its position in the wait list.
-- Input   leaseId, secret
-- Output  { 'acquired', notice }, { 'waiting', leaseId, position }
--         { 'broken' }: somebody else has acquired a part of it, or it was not renewed for too long
--         { 'empty' }: no record was free
-- Events  acquired
-- @include include/waiting.lua
local leaseId, secret = ARGV[1], ARGV[2]
local key = leaseKey(leaseId)
local standing = standingOf(leaseId)
local isOpen = (standing == 'partial' or standing == 'waiting') and isSecretOf(leaseId, secret)
if not isOpen or redis.call('HEXISTS', key, 'isBroken') == 1 then return { 'broken' } end
enterEpoch(false, '')
if redis.call('HGET', key, 'count') == '0' then
  endLease(leaseId, 'stopped waiting')
  return { 'empty' }
end
redis.call('HDEL', key, 'isIncomplete')
if (redis.call('HGET', prefix .. 'blockedBy:' .. leaseId, 'n') or '0') ~= '0' then
  return { 'waiting', leaseId, positionOf(leaseId) }
end
bringIntoForce(leaseId)
writeMovedUp()
return { 'acquired', readNotice(leaseId) }
