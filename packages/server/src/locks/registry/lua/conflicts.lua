-- The leases that block a request. Acquires nothing.
-- Input   mode, holder who asks (JSON, or ''), nodes, then chunks
-- Output  { conflicts, number of blocked records }
-- @include include/examine.lua
local request = newRequest('', ARGV[1] == 'exclusive', ARGV[2])
local chunks = unpackChunks(4)
examine(request, chunks, unpackNodes(ARGV[3]))
local blocked = 0
for _, chunk in ipairs(chunks) do
  for _ in pairs(chunk.isBlocked) do blocked = blocked + 1 end
end
return { conflictReport(request), blocked }
