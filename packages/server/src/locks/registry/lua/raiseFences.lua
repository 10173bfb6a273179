-- Gives leases that one write runs under a new fence in common. With the newest of their fences alone, a row would then refuse
-- a later write under an older one of them.
-- Input   the run_id that the connection has met (enterEpoch), then a lease id and its secret for each lease
-- Output  { fence }; { false, lease id } if that lease is not theirs, and nothing has changed
-- @include include/leases.lua
for i = 2, #ARGV, 2 do
  if not proves(ARGV[i], ARGV[i + 1]) then return { false, ARGV[i] } end
end
enterEpoch(false, ARGV[1])
local fence = countFence()
for i = 2, #ARGV, 2 do redis.call('HSET', leaseKey(ARGV[i]), 'fence', fence) end
return { fence }
