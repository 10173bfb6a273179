-- Adds records to a lease in force: all of them, or only the free ones. It never waits: waiting while holding a lease
-- can deadlock. The fence is new, since somebody else may have written these records under a higher one.
-- Input   leaseId, secret, onConflict ('refuse' | 'skip'), nodes, then chunks
-- Output  { 'extended', fence, count, { skipped record, … }, conflicts }
--         { 'conflict', conflicts }, { 'grace', run_id }, { 'lost' }
-- Events  extended
-- @include include/write.lua
local leaseId, secret, onConflict = ARGV[1], ARGV[2], ARGV[3]
local nodes, chunks = unpackNodes(ARGV[4]), unpackChunks(5)

local isGrace, runId = enterEpoch(false, '')
if not proves(leaseId, secret) then return { 'lost' } end
if isGrace then return { 'grace', runId } end
local key = leaseKey(leaseId)
local own = redis.call('HMGET', key, 'mode', 'holder')
local request = newRequest(leaseId, own[1] == 'exclusive', own[2])
examine(request, chunks, nodes)
local isBlocked = #request.blockers > 0
if isBlocked and onConflict == 'refuse' then return { 'conflict', conflictReport(request) } end
if not narrow(request, chunks) then
  if isBlocked then return { 'conflict', conflictReport(request) } end
  local fields = redis.call('HMGET', key, 'fence', 'count')
  return { 'extended', fields[1], tonumber(fields[2]), {}, {} }
end

local fence = countFence()
local packed = writeRequest(request, leaseId, chunks, nodes)
local count = redis.call('HINCRBY', key, 'count', request.count)
redis.call('HSET', key, 'fence', fence)
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
local fields = redis.call('HMGET', key, 'holder', 'mode', 'since')
for _, chunk in ipairs(packed) do
  append('kind', 'extended', 'lease', leaseId, 'holder', fields[1], 'mode', fields[2], 'since', fields[3],
    'count', count, 'records', chunk)
end
return { 'extended', fence, count, request.skipped, conflictReport(request) }
