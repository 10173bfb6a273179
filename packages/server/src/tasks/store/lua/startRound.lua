-- Starts a round in which one process advances all waiting tasks, on behalf of all processes. The first process that sees no
-- new round since its last check gets the round. No clock is compared.
-- Input   the number of rounds at the last check, or '' at the first check: then the caller gets the round
-- Output  { number of rounds, ids of the waiting tasks }, or { number of rounds } if another process has the round
local prefix = KEYS[1]
local key = prefix .. 'waitingRounds'
local seen, begun = ARGV[1], redis.call('GET', key) or '0'
if seen ~= '' and seen ~= begun then return { begun } end
return { tostring(redis.call('INCR', key)), redis.call('SMEMBERS', prefix .. 'waitingTasks') }
