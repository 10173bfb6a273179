-- Opens a new epoch where Redis has started anew, and tells whether its term of grace is open. Refused if Redis takes no
-- writes: a caller that was answered could have renewed a lease at this moment.
-- Input   run_id, `met` or ''
-- Output  { whether it is open (0 | 1), run_id }
-- Events  epoch
-- @include include/epoch.lua
-- @include include/writable.lua
local isGrace, runId = enterEpoch(false, ARGV[1])
proveWritable()
return { isGrace and 1 or 0, runId }
