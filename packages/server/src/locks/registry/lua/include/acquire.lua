-- Acquires all of the records, or none; or only those that are free. It is the rest of a script: arguments and answers are
-- those of acquire.lua. A script that does more in the same step defines, before it includes this file:
--   before        how many arguments of its own come first
--   onceInForce   (leaseId, since, count), called when the lease has come into force, so all of its own checks come
--                 first. Its answer, one word, ends the notice
--   onceRefused   (), called if nothing was acquired
-- @include inForce.lua
local hint, secret, holder, mode, ttlMs, expiry, onConflict, above = unpack(ARGV, before + 1, before + 8)

local function comeIntoForce(leaseId, count, packed)
  local since = appendAcquired(leaseId, holder, mode, count, packed)
  writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, count)
  redis.call('HSET', prefix .. 'hb', leaseId, 0)
  local notice = formatNotice(leaseId, leaseId, since, count)
  return onceInForce and notice .. ' ' .. onceInForce(leaseId, since, count) or notice
end

-- @include acquireSingle.lua
if mode == 'exclusive' and #ARGV == before + 9 then
  local leaseId, packed = acquireSingle(hint, above, ARGV[before + 9])
  if leaseId then return { 'acquired', comeIntoForce(leaseId, 1, { packed }) } end
end

-- @include write.lua
local function refuse(answer)
  if onceRefused then onceRefused() end
  return answer
end
local isGrace, runId = enterEpoch(false, hint)
if isGrace then return refuse({ 'grace', runId }) end

local nodes, chunks = unpackNodes(above), unpackChunks(before + 9)
local request = newRequest('', mode == 'exclusive', holder)
examine(request, chunks, nodes)
if #request.blockers > 0 and (onConflict == 'refuse' or not narrow(request, chunks)) then
  return refuse({ 'conflict', conflictReport(request) })
end

local leaseId = countFence()
local packed = writeRequest(request, leaseId, chunks, nodes)
return {
  'acquired', comeIntoForce(leaseId, request.count, packed), runId, request.skipped, conflictReport(request),
}
