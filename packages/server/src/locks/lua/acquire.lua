-- A lease on all of the records, or nothing; or on what is free of them.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, onConflict ('refuse' | 'skip'),
--         nodes, then chunks
-- Output  { 'granted', run_id, leaseId, fence, since, count, { skipped record, … }?, conflicts? }
--         { 'conflict', conflicts }
--         { 'grace', run_id }: Redis has started anew, and only who held before is served
-- Events  acquired
-- @include include/leases.lua
local hint, secret, holder, mode, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]

local isGrace, runId = enterEpoch(false, hint)
if isGrace then return { 'grace', runId } end

local function comeIntoForce(leaseId, count, skipped, conflicts)
  local since = nowMs()
  writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, count)
  redis.call('HSET', prefix .. 'hb', leaseId, 0)
  append('kind', 'acquired', 'lease', leaseId, 'holder', holder, 'mode', mode, 'since', since, 'count', count)
  return { 'granted', runId, leaseId, leaseId, since, count, skipped, conflicts }
end

-- @include include/single.lua
local single = mode == 'exclusive' and not ARGV[10] and takeSingle(ARGV[8], ARGV[9])
if single then return comeIntoForce(single, 1) end

-- @include include/write.lua
local nodes, chunks = unpackNodes(ARGV[8]), unpackChunks(9)
local claim = newClaim('', mode == 'exclusive')
examine(claim, chunks, nodes)
if #claim.order > 0 and (ARGV[7] == 'refuse' or not narrow(claim, chunks)) then
  return { 'conflict', conflictReport(claim) }
end

local leaseId = countFence()
writeClaim(claim, leaseId, chunks, nodes)
return comeIntoForce(leaseId, claim.count, claim.skipped, conflictReport(claim))
