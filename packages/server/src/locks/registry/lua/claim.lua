-- One part of a claim that is too large for one script. What it takes is unseen until `commit`, unless it waits: then
-- it has its position in the wait list from its first part on.
-- Input   run_id, `met` or '', leaseId ('' for the first part), secret, holder (JSON), mode, ttl (ms), expiry,
--         onConflict, reassertedId (the lease that the term of grace gives back, or ''), nodes, then chunks
-- Output  { 'claimed', leaseId, { skipped record, … }, conflicts }
--         { 'conflict', conflicts }, { 'deadlock', conflicts }: nothing of this part was taken
--         { 'broken' }: somebody else has taken what an earlier part had claimed
--         { 'busy' }: an older claim of this kind is in the way; nothing was taken
--         { 'crowded' }, { 'grace', run_id }, { 'lost' }: what was to be given back has ended, or grace has
-- Events  waiting
-- @include include/waiting.lua
local hint, leaseId, secret, holder, mode = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ttlMs, expiry, onConflict, reassertedId = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local nodes, chunks = unpackNodes(ARGV[10]), unpackChunks(11)
local isFirst, isReassertion = leaseId == '', reassertedId ~= ''

local isGrace, runId = enterEpoch(isReassertion, hint)
if isReassertion then
  -- One that has left a trace has come to its end, and was not lost with Redis's data.
  local ids, was, lost = prefix .. 'ids:', prefix .. 'was:', prefix .. 'lost:'
  local hasEnded = redis.call('EXISTS', ids .. reassertedId, was .. reassertedId, lost .. reassertedId) > 0
  if not isGrace or (isFirst and hasEnded) then return { 'lost' } end
elseif isGrace then
  return { 'grace', runId }
end
if not isFirst then
  local isThere = redis.call('HEXISTS', prefix .. 'queue', leaseId) == 1 and isSecretOf(leaseId, secret)
  if not isThere or redis.call('HEXISTS', leaseKey(leaseId), 'isBroken') == 1 then return { 'broken' } end
end

local claim = newClaim(leaseId, mode == 'exclusive')
claim.hasPosition = onConflict == 'wait' and not isFirst
examine(claim, chunks, nodes)
for other in pairs(claim.broken) do
  -- The older of two goes on: who begins again is younger then, so one of them always comes to its end.
  if isFirst or tonumber(other) < tonumber(leaseId) then return { 'busy' } end
end
local isInTheWay = #claim.order > 0
if isInTheWay and onConflict == 'refuse' then return { 'conflict', conflictReport(claim) } end
if isInTheWay and onConflict == 'skip' then narrow(claim, chunks) end
if onConflict == 'wait' and wouldDeadlock(claim, holder) then
  return { 'deadlock', conflictReport(claim) }
end
if isFirst and onConflict == 'wait' and isCrowded() then return { 'crowded' } end

if isFirst then
  leaseId = isReassertion and reassertedId or countFence()
  writeLease(leaseId, secret, holder, mode, nowMs(), ttlMs, expiry, 0)
  if onConflict == 'wait' then
    redis.call('HSET', leaseKey(leaseId), 'isIncomplete', 1)
    startWaiting(leaseId, holder)
  else
    redis.call('HSET', prefix .. 'queue', leaseId, 'c0')
  end
end
beatInQueue(leaseId)
if claim.count > 0 then writeClaim(claim, leaseId, chunks, nodes) end
stepBefore(claim, leaseId)
if onConflict == 'wait' then writeNeeds(claim, leaseId) end
redis.call('HINCRBY', leaseKey(leaseId), 'count', claim.count)
return { 'claimed', leaseId, claim.skipped, conflictReport(claim) }
