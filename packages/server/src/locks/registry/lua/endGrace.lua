-- Ends the restart grace, if it is still the one that the caller has seen.
-- Input   run_id
-- Output  1, or 0
local prefix, runId = KEYS[1], ARGV[1]
local known = redis.call('HMGET', prefix .. 'meta', 'run_id', 'grace')
if known[1] ~= runId or known[2] ~= '1' then return 0 end
redis.call('HSET', prefix .. 'meta', 'grace', 0)
return 1
