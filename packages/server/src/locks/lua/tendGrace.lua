-- Opens a new epoch where Redis has started anew, and tells whether its term of grace is open.
-- Input   run_id, `met` or ''
-- Output  { whether it is open (0 | 1), run_id }
-- Events  epoch
-- @include include/epoch.lua
local isGrace, runId = enterEpoch(false, ARGV[1])
return { isGrace and 1 or 0, runId }
