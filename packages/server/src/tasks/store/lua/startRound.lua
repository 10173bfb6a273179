-- Begins a round in which one process looks after all tasks that wait, on behalf of all processes: it is his who sees that
-- nobody has begun one since he looked last. No clock has a part in it but his own, by which he looks.
-- Input   rounds begun as he last saw, or '' where he has not looked yet: then the round is his
-- Output  { rounds begun, ids of the tasks that wait }, or { rounds begun } where the round is somebody else's
local prefix = KEYS[1]
local key = prefix .. 'waitingRounds'
local seen, begun = ARGV[1], redis.call('GET', key) or '0'
if seen ~= '' and seen ~= begun then return { begun } end
return { tostring(redis.call('INCR', key)), redis.call('SMEMBERS', prefix .. 'waitingTasks') }
