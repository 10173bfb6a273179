-- Stores a change, and appends it to the change log.
-- @include memory.lua

-- One `HSET` takes two arguments a record.
local FIELDS_AT_ONCE = 500

local function startBucket(memory, now)
  -- The ring is full: the changes of its oldest bucket are forgotten.
  local slot = (memory.newest + 1) % SLOTS
  redis.call('UNLINK', changedKey(slot), changesKey(slot))
  local floor = math.max(memory.floor, memory.lastOf[slot] or 0)
  memory.floor, memory.newest, memory.beganMs, memory.lastOf[slot] = floor, slot, now, nil
  redis.call('HSET', versionsKey(), 'floor', asInteger(floor), 'newest', slot, 'beganMs', asInteger(now))
  redis.call('HDEL', versionsKey(), 'last:' .. slot)
  forgetMissing(memory)
end

-- Makes the newest bucket one with room for so many more records.
local function makeRoom(memory, count)
  local span, share = memory.keepMs / SPANS, memory.maxRecords / SLOTS
  local slot, now = memory.newest, tonumber(nowMs())
  local isThere = memory.slots[1] == slot
  local isDue = not isThere or now - memory.beganMs >= span or redis.call('HLEN', changedKey(slot)) + count > share
    or redis.call('HLEN', changesKey(slot)) >= share
  if isDue then startBucket(memory, now) end
  return isDue
end

-- Everything that a chunk names, as fields of a bucket. A lock on a subtree, or on a whole resource, may have changed all
-- records below: `^` before the record stands for them.
local function fieldsOf(chunk)
  local fields = {}
  for _, id in ipairs(chunk.ids) do
    local record = chunk.resource .. '/' .. id
    if id ~= '*' then fields[#fields + 1] = record end
    if chunk.isSubtree or id == '*' then fields[#fields + 1] = '^' .. record end
  end
  return fields
end

-- `by` and the actor's id together name the author: nobody can act in the name of another user's session.
local function formatAuthor(by, actor) return by .. '\n' .. (actor and actor.id or '') end

local authors = {}
local function authorOf(memory, version)
  if authors[version] == nil then
    local json = describeVersion(memory, version)
    local change = json and cjson.decode(json)
    authors[version] = change and formatAuthor(change.by, change.actor) or ''
  end
  return authors[version]
end

-- The next values of fields with these values: the version, and the newest version by somebody else than this change's author.
local function valuesAfter(memory, values, version, author)
  -- Records that changed together have the same value.
  local after, valueAfter = {}, {}
  for i, before in ipairs(values) do
    if not before then
      after[i] = version
    else
      if not valueAfter[before] then
        local last, other = parseChanged(before)
        if authorOf(memory, last) ~= author then other = last end
        valueAfter[before] = other == '0' and version or version .. ' ' .. other
      end
      after[i] = valueAfter[before]
    end
  end
  return after
end

local function describeChange(by, actor, how)
  local who = actor == '' and '' or ',"actor":' .. actor
  return '{"by":' .. cjson.encode(by) .. who .. ',"how":"' .. how .. '","at":' .. nowMs() .. '}'
end

local function writeFields(memory, fields, version, author)
  local slot, values = memory.newest, readChanged(memory, fields)
  if #values > 0 then values = valuesAfter(memory, values, version, author) end
  for first = 1, #fields, FIELDS_AT_ONCE do
    local flat, filled = {}, 0
    for i = first, math.min(first + FIELDS_AT_ONCE - 1, #fields) do
      flat[filled + 1], flat[filled + 2] = fields[i], values[i] or version
      filled = filled + 2
    end
    redis.call('HSET', changedKey(slot), unpack(flat))
  end
end

-- One change of the records of these chunks (records.lua). It gets one version.
-- Input   the memory, as `openMemory` has read it; actor: JSON, or '' if nobody is named; how: 'write', 'task' or
--         'application'
-- Output  the version
local function noteChange(memory, chunks, by, actor, how)
  local count, fields = 0, {}
  for i, chunk in ipairs(chunks) do
    fields[i] = fieldsOf(chunk)
    count = count + #fields[i]
  end
  local isNewBucket = makeRoom(memory, count)
  local slot = memory.newest
  memory.last = math.max(memory.last + 1, microsecondsNow())
  local version, author = asInteger(memory.last), formatAuthor(by, actor ~= '' and cjson.decode(actor))
  for _, some in ipairs(fields) do writeFields(memory, some, version, author) end
  redis.call('HSET', changesKey(slot), version, describeChange(by, actor, how))
  redis.call('HSET', versionsKey(), 'last', version, 'last:' .. slot, version)
  if isNewBucket then
    local livesMs = asInteger(math.ceil(memory.keepMs + memory.keepMs / SPANS))
    redis.call('PEXPIRE', changedKey(slot), livesMs)
    redis.call('PEXPIRE', changesKey(slot), livesMs)
  end
  memory.lastOf[slot] = memory.last
  if memory.slots[1] ~= slot then table.insert(memory.slots, 1, slot) end
  authors[version] = author
  for _, chunk in ipairs(chunks) do
    append('kind', 'changed', 'version', version, 'by', asValue(by), 'actor', actor, 'how', how,
      'records', (chunk.isSubtree and '^' or '') .. chunk.resource .. '\n' .. table.concat(chunk.ids, '\n'))
  end
  return version
end
