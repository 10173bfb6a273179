-- What is in the way of a claim. Takes nothing.
-- Input   mode, nodes, then chunks
-- Output  { conflicts, number of records that are not free }
-- @include include/examine.lua
local claim = newClaim('', ARGV[1] == 'exclusive')
local chunks = unpackChunks(3)
examine(claim, chunks, unpackNodes(ARGV[2]))
local blocked = 0
for _, chunk in ipairs(chunks) do
  for _ in pairs(chunk.isBlocked) do blocked = blocked + 1 end
end
return { conflictReport(claim), blocked }
