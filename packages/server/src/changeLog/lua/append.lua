-- The change log: one stream of all that happens to locks and tasks. Written only by scripts, in the same step as the
-- change that an entry tells of. About LOG_LENGTH entries are kept; who is further behind takes a snapshot instead.
local prefix = KEYS[1]
local LOG_LENGTH = 10000

-- An entry is one field of the stream, its names and values behind one another with a separator: a reader decodes it
-- several times faster than a field for each. A value that comes from outside and is no JSON goes through `asValue`.
local SEPARATOR = '\31'

local function asValue(text) return (string.gsub(text, SEPARATOR, ' ')) end

local function append(...)
  return redis.call('XADD', prefix .. 'log', 'MAXLEN', '~', LOG_LENGTH, '*', 'e', table.concat({ ... }, SEPARATOR))
end

-- The values of an entry by their names.
local function readPacked(entry)
  local values = {}
  for name, value in string.gmatch(entry, '([^\31]+)\31([^\31]*)') do values[name] = value end
  return values
end
