-- Whether another lease in force covers some records of a lease, and would conflict with it if it were not another tab of its user.
-- @include records.lua

local function isCoHeld(leaseId)
  local isExclusive = redis.call('HGET', leaseKey(leaseId), 'mode') == 'exclusive'
  local function isOther(tokens, asSubtree)
    for _, token in ipairs(tokens) do
      local isConflict = (isExclusive or token.isExclusive) and (token.isSubtree or not asSubtree)
      if isConflict and token.leaseId ~= leaseId and token.standing == 'held' then return true end
    end
    return false
  end
  local function isMarkedByOther(node)
    local marks = redis.call('HGETALL', prefix .. 'marks:' .. node)
    for i = 1, #marks, 2 do
      local isConflict = isExclusive or marks[i + 1] == 'x'
      if isConflict and marks[i] ~= leaseId and isInForce(marks[i]) then return true end
    end
    return false
  end
  local function isChunkCoHeld(chunk)
    local entries = redis.call('HMGET', chunk.key, unpack(chunk.ids))
    for i, id in ipairs(chunk.ids) do
      if entries[i] and isOther(readEntry(entries[i]), false) then return true end
      if chunk.isSubtree and isMarkedByOther(chunk.resource .. '/' .. id) then return true end
    end
    return false
  end
  for _, packed in ipairs(redis.call('LRANGE', prefix .. 'ids:' .. leaseId, 0, -1)) do
    local kind = string.sub(packed, 1, 1)
    if kind == '@' then
      for _, node in ipairs(unpackNodes(string.sub(packed, 3))) do
        if isOther(readNode(node), true) then return true end
      end
    elseif kind ~= '-' and isChunkCoHeld(unpackChunk(packed)) then
      return true
    end
  end
  return false
end
