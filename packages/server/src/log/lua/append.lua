-- The change log: one stream of all that happens to locks and tasks. Written only by scripts, in the same step as the
-- change that an entry tells of. About LOG_LENGTH entries are kept; who is further behind takes a snapshot instead.
local prefix = KEYS[1]
local LOG_LENGTH = 10000

local function append(...)
  return redis.call('XADD', prefix .. 'log', 'MAXLEN', '~', LOG_LENGTH, '*', ...)
end
