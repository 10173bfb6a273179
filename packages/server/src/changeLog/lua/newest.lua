-- @include append.lua
-- The position of the newest entry.
local function newestPosition()
  local newest = redis.call('XREVRANGE', prefix .. 'log', '+', '-', 'COUNT', 1)
  return newest[1] and newest[1][1] or '0-0'
end
