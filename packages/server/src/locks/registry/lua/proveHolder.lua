-- Which leases of a holder cover records exclusively. The caller has proven who the holder is. It counts as a renewal of
-- each of these leases.
-- Input   holder type, holder id, actor id, nodes, then chunks
-- Output  { { leaseId, secret, fence, … } of the covering leases, keys of the records that none of them covers }
-- @include include/leases.lua
-- @include include/uncovered.lua
-- @include include/sharing.lua
local holderType, holderId, actorId = ARGV[1], ARGV[2], ARGV[3]
local nodes, chunks = unpackNodes(ARGV[4]), unpackChunks(5)
local isOwn, proven = {}, {}

local function isOfHolder(leaseId)
  if isOwn[leaseId] ~= nil then return isOwn[leaseId] end
  isOwn[leaseId] = false
  if not isInForce(leaseId) then return false end
  local secret, fence, holder = unpack(redis.call('HMGET', leaseKey(leaseId), 'secret', 'fence', 'holder'))
  local sharer = sharerOf(holder)
  holder = cjson.decode(holder)
  if holder.type ~= holderType or holder.id ~= holderId or holder.actor.id ~= actorId then return false end
  isOwn[leaseId] = true
  if sharer then
    -- The other tab may have written under a higher fence.
    fence = nextFence()
    redis.call('HSET', leaseKey(leaseId), 'fence', fence)
  end
  proven[#proven + 1], proven[#proven + 2], proven[#proven + 3] = leaseId, secret, fence
  return true
end

local uncovered = uncoveredRecords(nodes, chunks, isOfHolder)
for i = 1, #proven, 3 do redis.call('HINCRBY', prefix .. 'hb', proven[i], 1) end
return { proven, uncovered }
