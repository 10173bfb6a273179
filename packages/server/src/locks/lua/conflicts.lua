-- What is in the way of a claim. Takes nothing.
-- Input   mode, nodes, then chunks
-- Output  conflicts
-- @include include/examine.lua
local claim = newClaim('', ARGV[1] == 'exclusive')
examine(claim, unpackChunks(3), unpackNodes(ARGV[2]))
return conflictReport(claim)
