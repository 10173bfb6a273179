-- A lease on all of the records, or a place in the line.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, nodes, then chunks
-- Output  { 'granted', news, run_id }
--         { 'waiting', leaseId, place, conflicts }
--         { 'deadlock', conflicts }: waiting would never end, since who is in the way waits for this holder
--         { 'crowded' }: too many wait already
--         { 'grace', run_id }: Redis has started anew, and only who held before is served
-- Events  acquired, or waiting
-- @include include/waiting.lua
local hint, secret, holder, mode, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local nodes, chunks = unpackNodes(ARGV[7]), unpackChunks(8)

local isGrace, runId = enterEpoch(false, hint)
if isGrace then return { 'grace', runId } end

local claim = newClaim('', mode == 'exclusive')
examine(claim, chunks, nodes)
local isWaiting = #claim.order > 0
if isWaiting and wouldDeadlock(claim, holder) then return { 'deadlock', conflictReport(claim) } end
if isWaiting and isCrowded() then return { 'crowded' } end

local leaseId = countFence()
local since = isWaiting and nowMs() or appendAcquired(leaseId, holder, mode, claim.count)
writeClaim(claim, leaseId, chunks, nodes)
writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, claim.count)
if isWaiting then
  writeNeeds(claim, leaseId)
  startWaiting(leaseId, holder)
  return { 'waiting', leaseId, placeOf(leaseId), conflictReport(claim) }
end
redis.call('HSET', prefix .. 'hb', leaseId, 0)
return { 'granted', newsOf(leaseId, leaseId, since, claim.count), runId }
