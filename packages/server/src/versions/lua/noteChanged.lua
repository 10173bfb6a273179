-- Notes that records have changed.
-- Input   run_id, `met` or '', keepMs and maxRecords of this process, or '' for the last given ones, by, actor (JSON, or
--         ''), how, then chunks
-- Output  { version, run_id }
-- Events  changed, a chunk each
-- @include include/noteChange.lua
-- @include include/settings.lua
-- @include ../../locks/registry/lua/include/leases.lua
-- @include ../../locks/registry/lua/include/records.lua
local hint, keepMs, maxRecords, by, actor, how = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local memory = openMemory(hint)
keepSettings(memory, keepMs, maxRecords)
return { noteChange(memory, unpackChunks(7), by, actor, how), memory.runId }
