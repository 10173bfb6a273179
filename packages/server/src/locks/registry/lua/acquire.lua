-- Acquires all of the records, or none; or only those that are free.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, onConflict ('refuse' | 'skip'),
--         nodes, then chunks
-- Output  { 'acquired', notice, run_id?, { skipped record, … }?, conflicts? }; the run_id is left out if the caller knew it
--         { 'conflict', conflicts }
--         { 'grace', run_id }: Redis has restarted, and only previous holders are served
-- Events  acquired
local onceInForce, onceRefused
local before = 0
-- @include include/acquire.lua
