-- Opens a new epoch where Redis has started anew, and tells whether its term of grace is open.
-- Output  { whether it is open (0 | 1), run_id }
-- Events  epoch
-- @include include/epoch.lua
local isGrace, runId = enterEpoch(false, '')
return { isGrace and 1 or 0, runId }
