-- A lease on all of the records, or nothing; or on what is free of them.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, onConflict ('refuse' | 'skip'),
--         nodes, then chunks
-- Output  { 'granted', run_id, leaseId, fence, since, count, { skipped record, … }, conflicts }
--         { 'conflict', conflicts }
--         { 'grace', run_id }: Redis has started anew, and only who held before is served
-- Events  acquired
-- @include include/write.lua
local hint, secret, holder, mode, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local onConflict, nodes, chunks = ARGV[7], unpackNodes(ARGV[8]), unpackChunks(9)

local isGrace, runId = enterEpoch(false, hint)
if isGrace then return { 'grace', runId } end

local claim = newClaim('', mode == 'exclusive')
examine(claim, chunks, nodes)
if #claim.order > 0 and (onConflict == 'refuse' or not narrow(claim, chunks)) then
  return { 'conflict', conflictReport(claim) }
end

local leaseId, since = countFence(), nowMs()
writeClaim(claim, leaseId, chunks, nodes)
writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, claim.count)
redis.call('HSET', prefix .. 'hb', leaseId, 0)
append('kind', 'acquired', 'lease', leaseId, 'holder', holder, 'mode', mode, 'since', since, 'count', claim.count)
return { 'granted', runId, leaseId, leaseId, since, claim.count, claim.skipped, conflictReport(claim) }
