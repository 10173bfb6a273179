-- The changes that a task has made to its records. They are noted before its lease ends, so the next holder sees them.
-- @include changes.lua
-- @include ../../../../locks/registry/lua/include/records.lua
-- @include ../../../../versions/lua/include/noteChange.lua

-- Opened once in a call, before its first write.
local memoryOfCall
local function openMemoryOnce()
  memoryOfCall = memoryOfCall or openMemory('')
  return memoryOfCall
end

-- A shared lease permits no writes.
local function mayWrite(leaseId) return redis.call('HGET', leaseKey(leaseId), 'mode') == 'exclusive' end

-- The actor of a task as others see them.
local function actorOf(taskId)
  local actor = cjson.decode(redis.call('HGET', taskKey(taskId), 'actor'))
  return cjson.encode({ id = actor.id, name = actor.name })
end

local function noteTaskChange(taskId, chunks)
  if #chunks == 0 then return end
  noteChange(openMemoryOnce(), chunks, taskId, actorOf(taskId), 'task')
end

-- Chunks of many records each, whatever the chunks that they come from: each is an entry of the change log.
local IDS_PER_CHUNK = 2000
local function newCollection()
  local chunks, open = {}, {}
  local function add(resource, isSubtree, id)
    local name = (isSubtree and '^' or '') .. resource
    local chunk = open[name]
    if not chunk or #chunk.ids == IDS_PER_CHUNK then
      chunk = { resource = resource, isSubtree = isSubtree, ids = {} }
      open[name] = chunk
      chunks[#chunks + 1] = chunk
    end
    chunk.ids[#chunk.ids + 1] = id
  end
  return chunks, add
end

-- Adds the records of a chunk of the lease's list that it still covers: somebody else may have changed the others since.
local function addCovered(leaseId, chunk, add)
  local entries = redis.call('HMGET', chunk.key, unpack(chunk.ids))
  for i, id in ipairs(chunk.ids) do
    for token in string.gmatch(entries[i] or '', '%d+') do
      if token == leaseId then
        add(chunk.resource, chunk.isSubtree, id)
        break
      end
    end
  end
end

-- A part of what a lease covers, from a place in its list on.
-- Output  chunks, the place after them, whether that is the end of the list
local IDS_PER_PART, ENTRIES_PER_PART, ENTRIES_AT_ONCE = 8000, 500, 5
local function coveredPart(leaseId, first)
  local chunks, add = newCollection()
  local place, ids = first, 0
  while ids < IDS_PER_PART and place - first < ENTRIES_PER_PART do
    local entries = redis.call('LRANGE', prefix .. 'ids:' .. leaseId, place, place + ENTRIES_AT_ONCE - 1)
    for _, packed in ipairs(entries) do
      local kind = string.sub(packed, 1, 1)
      if kind ~= '-' and kind ~= '@' then
        local chunk = unpackChunk(packed)
        ids = ids + #chunk.ids
        addCovered(leaseId, chunk, add)
      end
    end
    place = place + #entries
    if #entries < ENTRIES_AT_ONCE then return chunks, place, true end
  end
  return chunks, place, false
end

-- The records of a child, whose lease covers its parent's too.
local function ownChunks(taskId)
  local chunks, add = newCollection()
  for _, record in ipairs(cjson.decode(redis.call('HGET', taskKey(taskId), 'records') or '[]')) do
    local resource, id = string.match(record, '^([^/]+)/(.+)$')
    add(resource, false, id)
  end
  return chunks
end

-- Notes all records that a task may have changed, a part of them for each call. `mark` names the attempt, and what was seen
-- of it. With another mark the work begins again.
-- Output  whether there may be more
local function notePart(taskId, leaseId, parentId, mark)
  local key = taskKey(taskId)
  local notedMark, noted = string.match(redis.call('HGET', key, 'notedTo') or '', '^(%S+) (%d+)$')
  local first = notedMark == mark and tonumber(noted) or 0
  if parentId then
    if first == 0 then noteTaskChange(taskId, ownChunks(taskId)) end
    redis.call('HSET', key, 'notedTo', mark .. ' 1')
    return false
  end
  local chunks, place, isEnd = coveredPart(leaseId, first)
  noteTaskChange(taskId, chunks)
  redis.call('HSET', key, 'notedTo', mark .. ' ' .. place)
  return not isEnd
end
