-- Why a task has lost its lease, according to the newest entries of the change log.
-- @include changes.lua
-- @include ../../../../changeLog/lua/append.lua

local LOOKED_BACK = 1000

-- `otherwise`: the answer if the log has no entry of somebody who revoked it.
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
