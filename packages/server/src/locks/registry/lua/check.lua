-- Which leases cover which records, at one position of the change log. A lock on an ancestor counts too.
-- Input   whether waiting leases are included (0 | 1), nodes, then chunks
-- Output  { position, { record key, 'leaseId,leaseId…', … } of the locked records, { lease row, … },
--           { waiting leaseId, … } }
-- @include include/leases.lua
-- @include include/records.lua
-- @include ../../../changeLog/lua/newest.lua
local isWithWaiting = ARGV[1] == '1'
local nodes, chunks = unpackNodes(ARGV[2]), unpackChunks(3)
local held, leases, waiting, seen = {}, {}, {}, {}

local function isTold(token)
  return token.standing == 'held' or (isWithWaiting and token.standing == 'waiting')
end

local function tell(leaseId)
  if seen[leaseId] then return end
  seen[leaseId] = true
  leases[#leases + 1] = leaseRow(leaseId)
  if cachedStanding(leaseId) == 'waiting' then waiting[#waiting + 1] = leaseId end
end

local subtreesOf = {}
local function leasesAbove(node)
  local found = subtreesOf[node]
  if found then return found end
  found = {}
  for _, token in ipairs(readNode(node)) do
    if token.isSubtree and isTold(token) then found[#found + 1] = token.leaseId end
  end
  subtreesOf[node] = found
  return found
end

for _, chunk in ipairs(chunks) do
  local above = {}
  for _, number in ipairs(chunk.above) do
    for _, leaseId in ipairs(leasesAbove(nodes[number])) do above[#above + 1] = leaseId end
  end
  local entries = redis.call('HMGET', chunk.key, unpack(chunk.ids))
  for i, id in ipairs(chunk.ids) do
    if entries[i] or #above > 0 then
      local ids, isListed = {}, {}
      local function list(leaseId)
        if isListed[leaseId] then return end
        isListed[leaseId] = true
        ids[#ids + 1] = leaseId
        tell(leaseId)
      end
      for _, leaseId in ipairs(above) do list(leaseId) end
      for _, token in ipairs(entries[i] and readEntry(entries[i]) or {}) do
        if isTold(token) then list(token.leaseId) end
      end
      if #ids > 0 then
        held[#held + 1] = chunk.resource .. '/' .. id
        held[#held + 1] = table.concat(ids, ',')
      end
    end
  end
end
return { newestPosition(), held, leases, waiting }
