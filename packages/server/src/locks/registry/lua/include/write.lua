-- Writes an acquired request: entries, marks, and the lease's own list of its records.
-- @include examine.lua
local MARKS_PER_CHUNK = 2000

-- A chunk as the lease's list keeps it: without the numbers of nodes, which have a meaning in one call alone.
local function packChunk(chunk)
  return (chunk.isSubtree and '^' or '') .. chunk.resource .. '\n' .. table.concat(chunk.ids, '\n')
end

-- Reused for every call: a growing table, and a call of thousands of arguments, cost as much as their content.
local flat, FLAT_SIZE = {}, 500

local function writeEntries(request, leaseId, chunk)
  local token = tokenOf(leaseId, request.isExclusive, chunk.isSubtree)
  local ids, entries, filled = chunk.ids, chunk.entries, 0
  for i, id in ipairs(ids) do
    local entry, value = entries[i], token
    if entry then
      local verdict = judgeEntry(request, entry)
      local own = verdict.own and verdict.own.isSubtree and verdict.own.text
      value = verdict.prefix .. (own or token)
    end
    flat[filled + 1], flat[filled + 2] = id, value
    filled = filled + 2
    if filled == FLAT_SIZE or i == #ids then
      redis.call('HSET', chunk.key, unpack(flat, 1, filled))
      filled = 0
    end
  end
end

-- Marks every node above the acquired records. Answers what the lease's own list says of the nodes.
local function writeMarks(request, leaseId, chunks, nodes)
  local mark = request.isExclusive and 'x' or 's'
  local marked, isMarked = {}, {}
  for _, chunk in ipairs(chunks) do
    if #chunk.ids > 0 then
      for _, number in ipairs(chunk.above) do
        local node = nodes[number]
        if not isMarked[node] then
          isMarked[node] = true
          push(marked, node)
          redis.call('HSET', prefix .. 'marks:' .. node, leaseId, mark)
        end
      end
    end
  end
  local packed = {}
  for first = 1, #marked, MARKS_PER_CHUNK do
    push(packed, '@\n' .. table.concat(marked, '\n', first, math.min(first + MARKS_PER_CHUNK - 1, #marked)))
  end
  return packed
end

-- Answers the chunks as they were written.
local function writeRequest(request, leaseId, chunks, nodes)
  local packed = {}
  for _, chunk in ipairs(chunks) do
    if #chunk.ids > 0 then
      writeEntries(request, leaseId, chunk)
      push(packed, packChunk(chunk))
    end
  end
  local list, marks = prefix .. 'ids:' .. leaseId, writeMarks(request, leaseId, chunks, nodes)
  if #packed == 1 and #marks == 1 then
    redis.call('RPUSH', list, packed[1], marks[1])
  else
    for _, chunk in ipairs(packed) do redis.call('RPUSH', list, chunk) end
    for _, chunk in ipairs(marks) do redis.call('RPUSH', list, chunk) end
  end
  -- Other requests in parts that this one has overwritten learn it at their last step.
  for other in pairs(request.broken) do redis.call('HSET', leaseKey(other), 'isBroken', 1) end
  return packed
end
