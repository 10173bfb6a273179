-- Whether another lease covers some records of a lease, and would conflict with it if it were not another tab of its user. A waiting
-- lease counts too: it does not wait for this one, so it would come into force beside it.
-- Released records do not count. The nodes above them still do, since a lease's list does not say which record a node belongs to:
-- a lock of the other tab on such a subtree makes the answer true.
-- @include records.lua
-- @include sharing.lua

local function isCoHeld(leaseId)
  local mode, holder = unpack(redis.call('HMGET', leaseKey(leaseId), 'mode', 'holder'))
  local isExclusive, user = mode == 'exclusive', sharerOf(holder)
  if not user then return false end
  local isTogether = { [leaseId] = false }
  local function isOfUser(otherId)
    if isTogether[otherId] == nil then
      isTogether[otherId] = sharerOf(redis.call('HGET', leaseKey(otherId), 'holder')) == user
    end
    return isTogether[otherId]
  end
  local function isOther(tokens, asSubtree)
    for _, token in ipairs(tokens) do
      local isConflict = (isExclusive or token.isExclusive) and (token.isSubtree or not asSubtree)
      if isConflict and isOfUser(token.leaseId) then return true end
    end
    return false
  end
  local function isMarkedByOther(node)
    local marks = redis.call('HGETALL', prefix .. 'marks:' .. node)
    for i = 1, #marks, 2 do
      local isConflict = isExclusive or marks[i + 1] == 'x'
      if isConflict and cachedStanding(marks[i]) and isOfUser(marks[i]) then return true end
    end
    return false
  end
  local function ownToken(tokens)
    for _, token in ipairs(tokens) do
      if token.leaseId == leaseId then return token end
    end
  end
  local function isChunkCoHeld(chunk)
    local entries = redis.call('HMGET', chunk.key, unpack(chunk.ids))
    for i, id in ipairs(chunk.ids) do
      local tokens = entries[i] and readEntry(entries[i]) or {}
      local own = ownToken(tokens)
      if own and isOther(tokens, false) then return true end
      if own and own.isSubtree and isMarkedByOther(chunk.resource .. '/' .. id) then return true end
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
