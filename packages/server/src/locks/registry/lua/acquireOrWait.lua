-- Acquires all of the records, or joins the wait list.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, most named,
--         is new holder (0 | 1), nodes, then chunks. Most named: how many conflicts to name if it waits ('' for all). A new
--         holder has no other lease
-- Output  { 'acquired', notice, run_id }
--         { 'waiting', leaseId, position, conflicts, how many there are in all }
--         { 'deadlock', conflicts }: waiting would never end, since a blocking holder waits for this holder
--         { 'crowded' }: too many leases wait already
--         { 'grace', run_id }: Redis has restarted, and only previous holders are served
-- Events  acquired, or waiting
-- @include include/waiting.lua
local hint, secret, holder, mode, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local mostNamed, isNewHolder = tonumber(ARGV[7]), ARGV[8] == '1'
local nodes, chunks = unpackNodes(ARGV[9]), unpackChunks(10)

local isGrace, runId = enterEpoch(false, hint)
if isGrace then return { 'grace', runId } end

local request = newRequest('', mode == 'exclusive', holder)
examine(request, chunks, nodes)
local isWaiting = #request.blockers > 0
if isWaiting and not isNewHolder and wouldDeadlock(request, holder) then
  return { 'deadlock', conflictReport(request) }
end
if isWaiting and isCrowded() then return { 'crowded' } end

local leaseId = countFence()
local packed = writeRequest(request, leaseId, chunks, nodes)
local since = isWaiting and nowMs() or appendAcquired(leaseId, holder, mode, request.count, packed)
writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, request.count)
if isWaiting then
  writeBlockers(request, leaseId)
  startWaiting(leaseId, holder)
  local named = mostNamed and firstOf(request.blockers, mostNamed)
  return { 'waiting', leaseId, positionOf(leaseId), conflictReport(request, named), #request.blockers }
end
redis.call('HSET', prefix .. 'hb', leaseId, 0)
return { 'acquired', formatNotice(leaseId, leaseId, since, request.count), runId }
