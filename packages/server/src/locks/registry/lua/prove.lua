-- Whether a lease belongs to its owner and covers records exclusively. A shared lease does not permit writes. It counts as
-- a renewal.
-- Input   leaseId, secret, actor id (only the lease's own actor proves it; '' accepts anybody), nodes, then chunks
-- Output  { fence, holder (JSON), keys of the records that it does not cover }; false if the lease is not theirs
-- @include include/leases.lua
-- @include include/records.lua
local leaseId, secret, actorId = ARGV[1], ARGV[2], ARGV[3]
local nodes, chunks = unpackNodes(ARGV[4]), unpackChunks(5)
if not proves(leaseId, secret) then return false end
if actorId ~= '' and cjson.decode(redis.call('HGET', leaseKey(leaseId), 'holder')).actor.id ~= actorId then return false end
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)

local function isCovered(tokens, asSubtree)
  for _, token in ipairs(tokens) do
    if token.leaseId == leaseId and token.isExclusive and (token.isSubtree or not asSubtree) then return true end
  end
  return false
end

local uncovered = {}
for _, chunk in ipairs(chunks) do
  local isAbove = false
  for _, number in ipairs(chunk.above) do isAbove = isAbove or isCovered(readNode(nodes[number]), true) end
  if not isAbove then
    local entries = redis.call('HMGET', chunk.key, unpack(chunk.ids))
    for i, id in ipairs(chunk.ids) do
      if not (entries[i] and isCovered(readEntry(entries[i]), chunk.isSubtree)) then
        uncovered[#uncovered + 1] = chunk.resource .. '/' .. id
      end
    end
  end
end
local fields = redis.call('HMGET', leaseKey(leaseId), 'fence', 'holder')
return { fields[1], fields[2], uncovered }
