-- Acquires all of the records, or joins the wait list.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, most named,
--         is new holder (0 | 1), lost id, nodes, then chunks. Most named: how many conflicts to name if it waits ('' for all). A
--         new holder has no other lease. Lost id: the id of a lease that waited before Redis restarted and lost it, or ''
-- Output  { 'acquired', notice, run_id }
--         { 'waiting', leaseId, position, conflicts, how many there are in all }
--         { 'deadlock', conflicts }: waiting would never end, since a blocking holder waits for this holder.
--         { 'crowded' }: too many leases wait already.
--         { 'lost' }: the lease of the lost id was not lost by a restart of Redis.
--         { 'grace', run_id }: Redis has restarted, and only previous holders are served
-- Events  acquired, or waiting
-- @include include/waiting.lua
local hint, secret, holder, mode, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local mostNamed, isNewHolder = tonumber(ARGV[7]), ARGV[8] == '1'
local lostId = ARGV[9]
local nodes, chunks = unpackNodes(ARGV[10]), unpackChunks(11)

local isGrace, runId = enterEpoch(lostId ~= '', hint)
-- Only an id of an earlier epoch can be lost. A lease that left a trace has ended.
if lostId ~= '' then
  local firstFence = tonumber(redis.call('HGET', prefix .. 'meta', 'firstFence'))
  local ids, was, lost = prefix .. 'ids:', prefix .. 'was:', prefix .. 'lost:'
  local hasTrace = redis.call('EXISTS', ids .. lostId, was .. lostId, lost .. lostId) > 0
  if hasTrace or tonumber(lostId) >= firstFence then return { 'lost' } end
end
if isGrace then return { 'grace', runId } end

local request = newRequest('', mode == 'exclusive', holder)
examine(request, chunks, nodes)
local isWaiting = #request.blockers > 0
if isWaiting and not isNewHolder and wouldDeadlock(request, holder) then
  return { 'deadlock', conflictReport(request) }
end
if isWaiting and isCrowded() then return { 'crowded' } end

local fence = countFence()
local leaseId = lostId ~= '' and lostId or fence
local packed = writeRequest(request, leaseId, chunks, nodes)
local since = isWaiting and nowMs() or appendAcquired(leaseId, holder, mode, request.count, packed)
writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, request.count)
if isWaiting then
  writeBlockers(request, leaseId)
  startWaiting(leaseId, holder)
  -- Heartbeats that the lost lease never had: an observer may have seen a lower one without a renewal.
  if lostId ~= '' then redis.call('HSET', prefix .. 'pending', leaseId, 'w' .. fence) end
  local named = mostNamed and firstOf(request.blockers, mostNamed)
  return { 'waiting', leaseId, positionOf(leaseId), conflictReport(request, named), #request.blockers }
end
if lostId ~= '' then redis.call('HSET', leaseKey(leaseId), 'fence', fence) end
redis.call('HSET', prefix .. 'hb', leaseId, lostId ~= '' and fence or 0)
return { 'acquired', formatNotice(leaseId, fence, since, request.count), runId }
