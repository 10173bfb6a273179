-- The version of the namespace now: that of its newest change, or where its versions begin.
-- Input   run_id, `met` or '', keepMs and maxRecords of this process, or '' for the last given ones
-- Output  { version, run_id }
-- Events  epoch if Redis has restarted
-- @include include/memory.lua
-- @include include/settings.lua
local hint, keepMs, maxRecords = ARGV[1], ARGV[2], ARGV[3]
local memory = openMemory(hint)
keepSettings(memory, keepMs, maxRecords)
return { asInteger(memory.last), memory.runId }
