-- Removes tasks that are no longer stored from the list of open tasks.
-- Input   taskIds
-- Output  the removed ids
-- @include include/changes.lua
local gone = {}
for _, taskId in ipairs(ARGV) do
  if not stateOf(taskId) and redis.call('SREM', prefix .. 'open', taskId) == 1 then gone[#gone + 1] = taskId end
end
return gone
