-- @include append.lua
-- The cursor of the newest entry.
local function newestCursor()
  local newest = redis.call('XREVRANGE', prefix .. 'log', '+', '-', 'COUNT', 1)
  return newest[1] and newest[1][1] or '0-0'
end
