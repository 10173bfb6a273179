-- The last step of a claim in parts: all of it comes into force at once, or takes its position in the wait list.
-- Input   leaseId, secret
-- Output  { 'granted', news }, { 'waiting', leaseId, position }
--         { 'broken' }: somebody else has taken a part of it, or it has been silent for too long
--         { 'empty' }: nothing was free
-- Events  acquired
-- @include include/waiting.lua
local leaseId, secret = ARGV[1], ARGV[2]
local key = leaseKey(leaseId)
local standing = standingOf(leaseId)
local isOpen = (standing == 'claimed' or standing == 'waiting') and isSecretOf(leaseId, secret)
if not isOpen or redis.call('HEXISTS', key, 'isBroken') == 1 then return { 'broken' } end
enterEpoch(false, '')
if redis.call('HGET', key, 'count') == '0' then
  endLease(leaseId, 'withdrawn')
  return { 'empty' }
end
redis.call('HDEL', key, 'isIncomplete')
if (redis.call('HGET', prefix .. 'need:' .. leaseId, 'n') or '0') ~= '0' then
  return { 'waiting', leaseId, positionOf(leaseId) }
end
grant(leaseId)
writeMovedUp()
return { 'granted', newsOfLease(leaseId) }
