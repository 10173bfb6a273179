-- The change log: one stream of all that happens to locks and tasks. Written only by scripts, in the same step as the
-- change that an entry tells of. About LOG_LENGTH entries are kept; who is further behind takes a snapshot instead.
local prefix = KEYS[1]
local LOG_LENGTH = 10000

local function append(...)
  return redis.call('XADD', prefix .. 'log', 'MAXLEN', '~', LOG_LENGTH, '*', ...)
end

-- The cursor of the newest entry.
local function newestCursor()
  local newest = redis.call('XREVRANGE', prefix .. 'log', '+', '-', 'COUNT', 1)
  return newest[1] and newest[1][1] or '0-0'
end
