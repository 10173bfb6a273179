-- Takes all of the records at once, or nothing; or what is free of them. It is the rest of a script: arguments and
-- answers are acquire.lua's. A script that does more in the same step defines before: `onceInForce(leaseId, since, count)`,
-- called where the lease has come into force, so that all of its own checks must come first; its answer, one word, ends the
-- news of the grant. And `onceRefused()`. How many arguments of its own come first, it says in `before`.
-- @include inForce.lua
local hint, secret, holder, mode, ttlMs, expiry, onConflict, above = unpack(ARGV, before + 1, before + 8)

local function comeIntoForce(leaseId, count)
  local since = appendAcquired(leaseId, holder, mode, count)
  writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, count)
  redis.call('HSET', prefix .. 'hb', leaseId, 0)
  local news = newsOf(leaseId, leaseId, since, count)
  return onceInForce and news .. ' ' .. onceInForce(leaseId, since, count) or news
end

-- @include single.lua
if mode == 'exclusive' and #ARGV == before + 9 then
  local leaseId = takeSingle(hint, above, ARGV[before + 9])
  if leaseId then return { 'granted', comeIntoForce(leaseId, 1) } end
end

-- @include write.lua
local function refuse(answer)
  if onceRefused then onceRefused() end
  return answer
end
local isGrace, runId = enterEpoch(false, hint)
if isGrace then return refuse({ 'grace', runId }) end

local nodes, chunks = unpackNodes(above), unpackChunks(before + 9)
local claim = newClaim('', mode == 'exclusive')
examine(claim, chunks, nodes)
if #claim.order > 0 and (onConflict == 'refuse' or not narrow(claim, chunks)) then
  return refuse({ 'conflict', conflictReport(claim) })
end

local leaseId = countFence()
writeClaim(claim, leaseId, chunks, nodes)
return { 'granted', comeIntoForce(leaseId, claim.count), runId, claim.skipped, conflictReport(claim) }
