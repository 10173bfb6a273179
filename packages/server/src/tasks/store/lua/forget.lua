-- Takes tasks off the list of open ones that are not written down any more.
-- Input   taskIds
-- Output  those that were taken off
-- @include include/changes.lua
local gone = {}
for _, taskId in ipairs(ARGV) do
  if not stateOf(taskId) and redis.call('SREM', prefix .. 'open', taskId) == 1 then gone[#gone + 1] = taskId end
end
return gone
