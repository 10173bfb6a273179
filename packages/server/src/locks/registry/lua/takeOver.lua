-- Ends the blocking leases and acquires the records, in one step. It ends only leases that the caller has named: if another
-- one blocks by now, nothing happens. Leases that wait for the records continue to wait, after the new lease.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, evicted (lease ids, by commas),
--         by (JSON of the actor), why, reason ('taken over' | 'moved'), nodes, then chunks. A moved lease is one of the
--         same actor as a person: another one blocks
-- Output  { 'acquired', notice }, { 'conflict', conflicts }, { 'grace', run_id }
-- Events  acquired, released of each that was ended
-- @include include/write.lua
-- @include include/ends.lua
local hint, secret, holder, mode, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local evicted, by, why, reason = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local nodes, chunks = unpackNodes(ARGV[11]), unpackChunks(12)

-- A lease keeps its id when it is transferred, so it may be a task's by now.
local function mayEnd(other)
  if not isInForce(other) then return false end
  if reason ~= 'moved' then return true end
  local present = cjson.decode(redis.call('HGET', leaseKey(other), 'holder'))
  return present.type == 'person' and present.actor.id == cjson.decode(by).id
end

local isGrace, runId = enterEpoch(false, hint)
if isGrace then return { 'grace', runId } end
local request = newRequest('', mode == 'exclusive', holder)
request.isForced = true
local named = {}
for leaseId in string.gmatch(evicted, '%d+') do
  if mayEnd(leaseId) then
    request.evicted[leaseId] = true
    named[#named + 1] = leaseId
  end
end
examine(request, chunks, nodes)
if #request.blockers > 0 then return { 'conflict', conflictReport(request) } end

local leaseId = countFence()
local packed = writeRequest(request, leaseId, chunks, nodes)
overtake(request, leaseId)
-- Only now, when the new lease blocks the waiting leases too: an end brings every lease into force that nothing else blocks.
for _, other in ipairs(named) do endLease(other, reason, by, why) end
local since = appendAcquired(leaseId, holder, mode, request.count, packed)
writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, request.count)
redis.call('HSET', prefix .. 'hb', leaseId, 0)
return { 'acquired', formatNotice(leaseId, leaseId, since, request.count) }
