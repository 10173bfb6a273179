-- Requests the cancel of a task and its children. The request is durable: an attempt sees it at its next heartbeat, and a
-- later attempt before it starts.
-- Input   taskId
-- Output  { state, { its children that have not ended, … } }, or false if the task is unknown
-- Events  task
-- @include include/changes.lua
local taskId = ARGV[1]
local state = stateOf(taskId)
if not state then return false end
if FINAL[state] then return { state, {} } end

local function request(id)
  if redis.call('HGET', taskKey(id), 'cancelRequested') == '0' then
    changeTask(id, stateOf(id), 'cancelRequested', 'cancelRequested', 1)
  end
end

request(taskId)
-- Each child may be a parent. From now on, the children of a child inherit its cancel request.
local open, found = { taskId }, {}
while #open > 0 do
  for _, child in ipairs(redis.call('SMEMBERS', prefix .. 'children:' .. table.remove(open))) do
    local childState = stateOf(child)
    if childState and not FINAL[childState] then
      request(child)
      open[#open + 1] = child
      found[#found + 1] = child
    end
  end
end
return { state, found }
