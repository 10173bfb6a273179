-- A lease on all of the records, or nothing; or on what is free of them.
-- Input   run_id, `met` or '', secret, holder (JSON), mode, ttl (ms), expiry, onConflict ('refuse' | 'skip'),
--         nodes, then chunks
-- Output  { 'granted', news, run_id?, { skipped record, … }?, conflicts? }; the run_id may be left out where it was met
--         { 'conflict', conflicts }
--         { 'grace', run_id }: Redis has started anew, and only who held before is served
-- Events  acquired
local onceInForce, onceRefused
local before = 0
-- @include include/acquire.lua
