-- The leases that block a request. Acquires nothing.
-- Input   mode, nodes, then chunks
-- Output  { conflicts, number of blocked records }
-- @include include/examine.lua
local request = newRequest('', ARGV[1] == 'exclusive')
local chunks = unpackChunks(3)
examine(request, chunks, unpackNodes(ARGV[2]))
local blocked = 0
for _, chunk in ipairs(chunks) do
  for _ in pairs(chunk.isBlocked) do blocked = blocked + 1 end
end
return { conflictReport(request), blocked }
