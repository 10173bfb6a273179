-- Which records some leases do not cover. A shared lease covers nothing here, because it does not permit writes.
-- @include records.lua

-- `isOwn(leaseId)` says whether a lease counts. Answers the keys of the records that none of these covers exclusively.
local function uncoveredRecords(nodes, chunks, isOwn)
  local function isCovered(tokens, asSubtree)
    for _, token in ipairs(tokens) do
      if token.isExclusive and (token.isSubtree or not asSubtree) and isOwn(token.leaseId) then return true end
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
  return uncovered
end
