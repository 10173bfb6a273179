-- Ends the leases that are in the way and takes the records, in one step. Only those that the caller has named: if
-- another is in the way by now, nothing happens. Those that wait for the records go on waiting, behind the new lease.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, evicted (lease ids, by commas),
--         by (JSON of the actor), why, nodes, then chunks
-- Output  { 'granted', news }, { 'conflict', conflicts }, { 'grace', run_id }
-- Events  acquired, released of each that was ended
-- @include include/write.lua
-- @include include/ends.lua
local hint, secret, holder, mode, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local evicted, by, why = ARGV[7], ARGV[8], ARGV[9]
local nodes, chunks = unpackNodes(ARGV[10]), unpackChunks(11)

local isGrace, runId = enterEpoch(false, hint)
if isGrace then return { 'grace', runId } end
local claim = newClaim('', mode == 'exclusive')
claim.isForced = true
local named = {}
for leaseId in string.gmatch(evicted, '%d+') do
  if isInForce(leaseId) then
    claim.evicted[leaseId] = true
    named[#named + 1] = leaseId
  end
end
examine(claim, chunks, nodes)
if #claim.order > 0 then return { 'conflict', conflictReport(claim) } end

local leaseId = countFence()
writeClaim(claim, leaseId, chunks, nodes)
stepBefore(claim, leaseId)
-- Only now, when those who wait stand behind the new lease too: an end brings into force who stands behind it alone.
for _, other in ipairs(named) do endLease(other, 'taken over', by, why) end
local since = appendAcquired(leaseId, holder, mode, claim.count)
writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, claim.count)
redis.call('HSET', prefix .. 'hb', leaseId, 0)
return { 'granted', newsOf(leaseId, leaseId, since, claim.count) }
