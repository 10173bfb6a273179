-- Opens a new epoch if Redis has restarted, and says whether its restart grace is open. It is refused if Redis refuses
-- writes: after a success, a holder could have renewed its lease at this moment.
-- Input   run_id, `met` or ''
-- Output  { whether it is open (0 | 1), run_id }
-- Events  epoch
-- @include include/epoch.lua
-- @include include/writable.lua
local isGrace, runId = enterEpoch(false, ARGV[1])
proveWritable()
return { isGrace and 1 or 0, runId }
