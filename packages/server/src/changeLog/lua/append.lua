-- The change log: one stream of all that happens to locks and tasks. Only scripts append, in the same step as the
-- change itself. About LOG_LENGTH entries are kept. A reader that is further behind takes a snapshot.
local prefix = KEYS[1]
local LOG_LENGTH = 10000

-- An entry is one field of the stream, with its names and values in turn between separators. A reader decodes it
-- several times faster than a field for each value. Values from outside that are not JSON go through `asValue`.
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
