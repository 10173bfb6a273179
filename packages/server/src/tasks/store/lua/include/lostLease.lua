-- Why a task has no lease any more, as far as the newest entries of the change log tell.
-- @include changes.lua
-- @include ../../../../changeLog/lua/append.lua

local LOOKED_BACK = 1000

-- `otherwise`: for one of which the log does not tell that somebody has taken it away.
local function describeLoss(leaseId, otherwise)
  for _, entry in ipairs(redis.call('XREVRANGE', prefix .. 'log', '+', '-', 'COUNT', LOOKED_BACK)) do
    local told = readPacked(entry[2][2])
    if told.kind == 'released' and told.lease == leaseId then
      if not told.by then break end
      return 'Its locks were taken away by ' .. cjson.decode(told.by).name .. ': ' .. told.why
    end
  end
  return otherwise
end
