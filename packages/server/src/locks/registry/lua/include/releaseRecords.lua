-- How some of a lease's records are released.
-- @include ends.lua
-- @include records.lua

-- Without any record left the lease ends, unless `isLastKept`: then the last record stays.
-- Output  how many records it still covers
local function releaseRecords(leaseId, chunks, isLastKept)
  local key = leaseKey(leaseId)
  local fields = redis.call('HMGET', key, 'mode', 'count', 'holder')
  local isExclusive, left, holder = fields[1] == 'exclusive', tonumber(fields[2]), fields[3]

  -- The waiting leases that overlap this lease here overlap it at one point less.
  local behind = {}
  local function isBlockedHere(other, otherIsExclusive)
    if isExclusive or otherIsExclusive then behind[other] = (behind[other] or 0) + 1 end
  end

  local packed, freed = {}, 0
  for _, chunk in ipairs(chunks) do
    local entries = redis.call('HMGET', chunk.key, unpack(chunk.ids))
    local cleared, kept, ids = {}, {}, {}
    for i, id in ipairs(chunk.ids) do
      local own, others = nil, {}
      for _, token in ipairs(entries[i] and readEntry(entries[i]) or {}) do
        if token.leaseId == leaseId then own = token else others[#others + 1] = token end
      end
      if own and not (isLastKept and left - freed - #ids == 1) then
        ids[#ids + 1] = id
        local texts = {}
        for j, token in ipairs(others) do
          texts[j] = token.text
          if token.standing == 'waiting' then isBlockedHere(token.leaseId, token.isExclusive) end
        end
        if #texts > 0 then
          kept[#kept + 1] = id
          kept[#kept + 1] = table.concat(texts, ',')
        else
          cleared[#cleared + 1] = id
        end
        if own.isSubtree then
          local marks = redis.call('HGETALL', prefix .. 'marks:' .. chunk.resource .. '/' .. id)
          for j = 1, #marks, 2 do
            if cachedStanding(marks[j]) == 'waiting' then isBlockedHere(marks[j], marks[j + 1] == 'x') end
          end
        end
      end
    end
    if #cleared > 0 then redis.call('HDEL', chunk.key, unpack(cleared)) end
    if #kept > 0 then redis.call('HSET', chunk.key, unpack(kept)) end
    if #ids > 0 then
      freed = freed + #ids
      packed[#packed + 1] = chunk.resource .. '\n' .. table.concat(ids, '\n')
    end
  end

  local count = redis.call('HINCRBY', key, 'count', 0 - freed) -- not `-freed`, which is "-0" for 0
  for _, chunk in ipairs(packed) do
    redis.call('RPUSH', prefix .. 'ids:' .. leaseId, '-' .. chunk)
    append('kind', 'freed', 'lease', leaseId, 'holder', holder, 'count', count, 'records', chunk)
  end
  if count == 0 then
    endLease(leaseId, 'released')
  else
    for waiting, overlaps in pairs(behind) do reduceOverlaps(waiting, leaseId, overlaps) end
  end
  return count
end
