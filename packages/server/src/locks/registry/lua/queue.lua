-- A lease on all of the records, or a position in the wait list.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, how many conflicts are named where it waits
--         ('' for all), whether the holder is known to have no other lease (0 | 1), nodes, then chunks
-- Output  { 'granted', news, run_id }
--         { 'waiting', leaseId, place, conflicts, how many these are in all }
--         { 'deadlock', conflicts }: waiting would never end, since who is in the way waits for this holder
--         { 'crowded' }: too many wait already
--         { 'grace', run_id }: Redis has started anew, and only who held before is served
-- Events  acquired, or waiting
-- @include include/waiting.lua
local hint, secret, holder, mode, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local mostNamed, isNewHolder = tonumber(ARGV[7]), ARGV[8] == '1'
local nodes, chunks = unpackNodes(ARGV[9]), unpackChunks(10)

local isGrace, runId = enterEpoch(false, hint)
if isGrace then return { 'grace', runId } end

local claim = newClaim('', mode == 'exclusive')
examine(claim, chunks, nodes)
local isWaiting = #claim.order > 0
if isWaiting and not isNewHolder and wouldDeadlock(claim, holder) then
  return { 'deadlock', conflictReport(claim) }
end
if isWaiting and isCrowded() then return { 'crowded' } end

local leaseId = countFence()
local since = isWaiting and nowMs() or appendAcquired(leaseId, holder, mode, claim.count)
writeClaim(claim, leaseId, chunks, nodes)
writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, claim.count)
if isWaiting then
  writeNeeds(claim, leaseId)
  startWaiting(leaseId, holder)
  local named = mostNamed and firstOf(claim.order, mostNamed)
  return { 'waiting', leaseId, positionOf(leaseId), conflictReport(claim, named), #claim.order }
end
redis.call('HSET', prefix .. 'hb', leaseId, 0)
return { 'granted', newsOf(leaseId, leaseId, since, claim.count), runId }
