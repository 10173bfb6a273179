-- A lease on all of the records, or nothing; or on what is free of them; or a place in the line.
-- Input   secret, holder (JSON), mode, ttl (ms), expiry, onConflict ('refuse' | 'skip' | 'wait'), nodes, then chunks
-- Output  { 'granted', leaseId, fence, since, count, { skipped record, … }, conflicts }
--         { 'waiting', leaseId, place, conflicts }
--         { 'conflict', conflicts }
--         { 'deadlock', conflicts }: waiting would never end, since who is in the way waits for this holder
--         { 'crowded' }: too many wait already
--         { 'grace', run_id }: Redis has started anew, and only who held before is served
-- Events  acquired, or waiting
-- @include include/waiting.lua
local secret, holder, mode, ttlMs, expiry, onConflict = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local nodes, chunks = unpackNodes(ARGV[7]), unpackChunks(8)

local isGrace, runId = enterEpoch(false)
if isGrace then return { 'grace', runId } end

local claim = newClaim('', mode == 'exclusive')
examine(claim, chunks, nodes)
local isInTheWay = #claim.order > 0
local isWaiting = isInTheWay and onConflict == 'wait'
if isInTheWay and onConflict == 'refuse' then return { 'conflict', conflictReport(claim) } end
if isInTheWay and onConflict == 'skip' and not narrow(claim, chunks) then
  return { 'conflict', conflictReport(claim) }
end
if isWaiting and wouldDeadlock(claim, holder) then return { 'deadlock', conflictReport(claim) } end
if isWaiting and isCrowded() then return { 'crowded' } end

local leaseId = countFence()
local since = nowMs()
writeClaim(claim, leaseId, chunks, nodes)
writeLease(leaseId, {
  secret = secret, holder = holder, mode = mode, since = since, ttlMs = ttlMs, expiry = expiry,
  count = claim.count, fence = leaseId,
})
if isWaiting then
  writeNeeds(claim, leaseId)
  startWaiting(leaseId, holder)
  return { 'waiting', leaseId, placeOf(leaseId), conflictReport(claim) }
end
redis.call('HSET', prefix .. 'hb', leaseId, 0)
append('kind', 'acquired', 'lease', leaseId, 'holder', holder, 'mode', mode, 'since', since, 'count', claim.count)
return { 'granted', leaseId, leaseId, since, claim.count, claim.skipped, conflictReport(claim) }
