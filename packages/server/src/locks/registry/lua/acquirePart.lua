-- Acquires one part of a request that is too large for one script. Others see nothing of it until `commitParts`. A request
-- that waits has its position in the wait list from its first part on.
-- Input   run_id, `met` or '', leaseId ('' for the first part), secret, holder (JSON), mode, ttl (ms), expiry,
--         onConflict, reassertedId (the lost lease that its holder reasserts, or ''), nodes, then chunks
-- Output  { 'part', leaseId, { skipped record, … }, conflicts }
--         { 'conflict', conflicts }, { 'deadlock', conflicts }: nothing was acquired.
--         { 'broken' }: somebody else has acquired earlier records.
--         { 'busy' }: an older request in parts blocks this one.
--         { 'crowded' }, { 'grace', run_id }, { 'lost' }: the reasserted lease has ended, or the restart grace has
-- Events  waiting
-- @include include/waiting.lua
local hint, leaseId, secret, holder, mode = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ttlMs, expiry, onConflict, reassertedId = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local nodes, chunks = unpackNodes(ARGV[10]), unpackChunks(11)
local isFirst, isReassertion = leaseId == '', reassertedId ~= ''

local isGrace, runId = enterEpoch(isReassertion, hint)
if isReassertion then
  -- A lease that left a trace has ended. It was not lost with Redis's data.
  local ids, was, lost = prefix .. 'ids:', prefix .. 'was:', prefix .. 'lost:'
  local hasEnded = redis.call('EXISTS', ids .. reassertedId, was .. reassertedId, lost .. reassertedId) > 0
  if not isGrace or (isFirst and hasEnded) then return { 'lost' } end
elseif isGrace then
  return { 'grace', runId }
end
if not isFirst then
  local isThere = redis.call('HEXISTS', prefix .. 'pending', leaseId) == 1 and isSecretOf(leaseId, secret)
  if not isThere or redis.call('HEXISTS', leaseKey(leaseId), 'isBroken') == 1 then return { 'broken' } end
end

local request = newRequest(leaseId, mode == 'exclusive', holder)
request.hasPosition = onConflict == 'wait' and not isFirst
examine(request, chunks, nodes)
for other in pairs(request.broken) do
  -- The older of two continues. A request that restarts is younger then, so one of them always succeeds.
  if isFirst or tonumber(other) < tonumber(leaseId) then return { 'busy' } end
end
local isBlocked = #request.blockers > 0
if isBlocked and onConflict == 'refuse' then return { 'conflict', conflictReport(request) } end
if isBlocked and onConflict == 'skip' then narrow(request, chunks) end
if onConflict == 'wait' and wouldDeadlock(request, holder) then
  return { 'deadlock', conflictReport(request) }
end
if isFirst and onConflict == 'wait' and isCrowded() then return { 'crowded' } end

if isFirst then
  leaseId = isReassertion and reassertedId or countFence()
  writeLease(leaseId, secret, holder, mode, nowMs(), ttlMs, expiry, 0)
  if onConflict == 'wait' then
    redis.call('HSET', leaseKey(leaseId), 'isIncomplete', 1)
    startWaiting(leaseId, holder)
  else
    redis.call('HSET', prefix .. 'pending', leaseId, 'p0')
  end
end
renewPending(leaseId)
if request.count > 0 then writeRequest(request, leaseId, chunks, nodes) end
overtake(request, leaseId)
if onConflict == 'wait' then writeBlockers(request, leaseId) end
redis.call('HINCRBY', leaseKey(leaseId), 'count', request.count)
return { 'part', leaseId, request.skipped, conflictReport(request) }
