-- Ends leases by permission, waiting ones too, and acquires nothing.
-- Input   by (JSON of the actor), why, then lease ids
-- Output  { the ids of the ended leases, … }, without those that had ended before
-- Events  released of each
-- @include include/ends.lua
local by, why = ARGV[1], ARGV[2]
enterEpoch(false, '')
local ended = {}
for i = 3, #ARGV do
  local standing = standingOf(ARGV[i])
  if standing == 'held' or standing == 'waiting' then
    endLease(ARGV[i], 'taken over', by, why)
    ended[#ended + 1] = ARGV[i]
  end
end
return ended
