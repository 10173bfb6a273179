-- How a lease comes into force after waiting, and how it ends.
-- @include leases.lua
-- @include past.lua

-- Renews a pending lease: one that waits, or is acquired in parts.
local function renewPending(leaseId)
  local value = redis.call('HGET', prefix .. 'pending', leaseId)
  local kind, count = string.sub(value, 1, 1), tonumber(string.sub(value, 2))
  redis.call('HSET', prefix .. 'pending', leaseId, kind .. asInteger(count + 1))
end

local function holderKey(holder)
  local decoded = cjson.decode(holder)
  return decoded.type .. ':' .. decoded.id
end

-- `waiters` lists the waiting leases of each holder. A holder that waits while it holds a lease can deadlock (waiting.lua).
local function forgetWaiter(leaseId)
  local key = holderKey(redis.call('HGET', leaseKey(leaseId), 'holder'))
  local others = {}
  for other in string.gmatch(redis.call('HGET', prefix .. 'waiters', key) or '', '%d+') do
    if other ~= leaseId then others[#others + 1] = other end
  end
  if #others > 0 then
    redis.call('HSET', prefix .. 'waiters', key, table.concat(others, ','))
  else
    redis.call('HDEL', prefix .. 'waiters', key)
  end
end

local function readNotice(leaseId)
  local fields = redis.call('HMGET', leaseKey(leaseId), 'fence', 'since', 'count')
  return formatNotice(leaseId, fields[1], fields[2], fields[3])
end

-- The notices of the leases that this call has brought into force, as they are published.
local acquiredNotices = {}

-- `blockedBy:<waiting>` counts, for each lease that blocks it, at how many points the two overlap. Its field `n` is how many
-- leases block it: 1 for each, and WAITS more for each that waits itself, so that a position is read without counting.
-- `blocks:<blocker>` is the same in the other direction, and exact. A blocker that has ended stays named in `blockedBy`,
-- but no longer counts: with a long wait list, its removal would take half of the time of waking a waiter.
local WAITS = 1000000000

-- Waiting lease → how much to subtract from its `n`, since a lease that blocks it no longer waits. The ended lease blocks
-- most of them too, and then one write covers both.
local movedUp = {}
local function writeMovedUp()
  for waiting, less in pairs(movedUp) do redis.call('HINCRBY', prefix .. 'blockedBy:' .. waiting, 'n', asInteger(-less)) end
  movedUp = {}
end

-- The chunks of a lease on few records, which has released none of them; or nil.
local function readFewChunks(leaseId, count)
  if tonumber(count) > MOST_NAMED then return nil end
  -- A chunk, and the marks of its nodes. A large request of which few records were free may have more.
  local list = redis.call('LRANGE', prefix .. 'ids:' .. leaseId, 0, 2 * MOST_NAMED)
  if #list > 2 * MOST_NAMED then return nil end
  local packed = {}
  for _, chunk in ipairs(list) do
    if string.sub(chunk, 1, 1) ~= '@' then packed[#packed + 1] = chunk end
  end
  return packed
end

-- Brings a pending lease into force: one step, whatever the number of its records, since its entries are written already.
-- The fence is new: a lease that blocked it may have a higher one by now. `writeMovedUp` follows in the same step.
local function bringIntoForce(leaseId)
  local wasWaiting = standingOf(leaseId) == 'waiting'
  if wasWaiting then forgetWaiter(leaseId) end
  redis.call('HDEL', prefix .. 'pending', leaseId)
  redis.call('DEL', prefix .. 'blockedBy:' .. leaseId)
  local fence = nextFence()
  local fields = redis.call('HMGET', leaseKey(leaseId), 'holder', 'mode', 'count')
  local packed = readFewChunks(leaseId, fields[3])
  local since = appendAcquired(leaseId, fields[1], fields[2], fields[3], packed)
  -- A count that this lease never had. A reasserted lease keeps its id, and an observer may have seen any lower count
  -- without a renewal.
  redis.call('HSET', prefix .. 'hb', leaseId, fence)
  redis.call('HSET', leaseKey(leaseId), 'fence', fence, 'since', since)
  if wasWaiting then
    for _, blocked in ipairs(redis.call('SMEMBERS', prefix .. 'blocks:' .. leaseId)) do
      movedUp[blocked] = (movedUp[blocked] or 0) + WAITS
    end
    local notice = formatNotice(leaseId, fence, since, fields[3])
    acquiredNotices[#acquiredNotices + 1] = notice
    -- Redis may refuse the channel to the user. A waiter without a notification learns it at its next heartbeat.
    redis.pcall('PUBLISH', prefix .. 'acquired', notice)
  end
end

local function addBlocker(waiting, blocker, overlaps, isBlockerWaiting)
  local blockedBy = prefix .. 'blockedBy:' .. waiting
  redis.call('HINCRBY', blockedBy, blocker, overlaps)
  if redis.call('SADD', prefix .. 'blocks:' .. blocker, waiting) == 1 then
    redis.call('HINCRBY', blockedBy, 'n', isBlockerWaiting and asInteger(WAITS + 1) or 1)
  end
end

-- Removes one blocker, of which `counted` is in `n`: it has ended, or the two no longer overlap.
local function removeBlocker(waiting, counted)
  local less = counted + (movedUp[waiting] or 0)
  movedUp[waiting] = nil
  local left = redis.call('HINCRBY', prefix .. 'blockedBy:' .. waiting, 'n', asInteger(-less))
  if left == 0 and redis.call('HEXISTS', leaseKey(waiting), 'isIncomplete') == 0 then bringIntoForce(waiting) end
end

-- The blocker is in force, since a waiting lease has no records to release.
local function reduceOverlaps(waiting, blocker, overlaps)
  local blockedBy = prefix .. 'blockedBy:' .. waiting
  if redis.call('HINCRBY', blockedBy, blocker, -overlaps) > 0 then return end
  redis.call('HDEL', blockedBy, blocker)
  if redis.call('SREM', prefix .. 'blocks:' .. blocker, waiting) == 1 then
    removeBlocker(waiting, 1)
    writeMovedUp()
  end
end

-- Lease → the waiting leases that it blocks. Read before the first write of a script that ends the lease: a lease that comes
-- into force needs a fence, and Redis may refuse the user a command for that (enterEpoch).
local blockedOf = {}
local function readBlocked(leaseId)
  local blocked = redis.call('SMEMBERS', prefix .. 'blocks:' .. leaseId)
  if #blocked > 0 then enterEpoch(false, hintOfCall) end
  blockedOf[leaseId] = blocked
end

-- If somebody else ended the lease, its holder may believe in it until its TTL is over, and reassert it after a restart
-- (acquirePart.lua). The audit trail may drop its records before that.
local function rememberLoss(leaseId)
  local ttlMs = redis.call('HGET', leaseKey(leaseId), 'ttl')
  if ttlMs then redis.call('SET', prefix .. 'lost:' .. leaseId, 1, 'PX', asInteger(2 * ttlMs)) end
end

-- The rest of the end of a lease that is in no hash any longer: at once, whatever the number of its records. Their entries
-- are void, and a sweeper clears them in small steps. Waiting leases that only this lease blocked come into force in
-- this step. `by` (JSON of the actor) and `why` belong to a takeover; `wasWaiting`, if it was not in force.
local function finishEnd(leaseId, holder, count, reason, by, why, wasWaiting)
  if reason ~= 'released' and reason ~= 'ended' and reason ~= 'stopped waiting' then rememberLoss(leaseId) end
  redis.call('DEL', leaseKey(leaseId))
  local position
  if by then
    position = append('kind', 'released', 'lease', leaseId, 'reason', reason, 'holder', holder, 'by', by, 'why', asValue(why))
  else
    position = append('kind', 'released', 'lease', leaseId, 'reason', reason, 'holder', holder)
  end
  if count ~= '1' or not clearSingle(leaseId, position) then
    redis.call('RPUSH', prefix .. 'dead', leaseId .. ' ' .. count .. ' ' .. position)
  end
  local blocked = blockedOf[leaseId]
  if #blocked == 0 then return end
  redis.call('DEL', prefix .. 'blocks:' .. leaseId)
  -- In the order in which they came, which the change log then has too.
  table.sort(blocked, function(one, other) return tonumber(one) < tonumber(other) end)
  for _, waiting in ipairs(blocked) do removeBlocker(waiting, wasWaiting and WAITS + 1 or 1) end
  writeMovedUp()
end

-- Removes a lease from force for its proven owner; `finishEnd` follows in the same step.
-- Output  its holder and count; nil if it is not in force, or the secret is wrong
local function leaveForce(leaseId, secret)
  local fields = redis.call('HMGET', leaseKey(leaseId), 'secret', 'holder', 'count')
  if fields[1] ~= secret then return nil end
  readBlocked(leaseId)
  if redis.call('HDEL', prefix .. 'hb', leaseId) == 0 then return nil end
  return fields[2], fields[3]
end

-- Ends a lease in any standing.
local function endLease(leaseId, reason, by, why)
  readBlocked(leaseId)
  local fields = redis.call('HMGET', leaseKey(leaseId), 'holder', 'count')
  local wasWaiting = false
  if redis.call('HDEL', prefix .. 'hb', leaseId) == 0 then
    local standing = standingOf(leaseId)
    wasWaiting = standing == 'waiting'
    if wasWaiting then
      forgetWaiter(leaseId)
      for _, blocker in ipairs(redis.call('HKEYS', prefix .. 'blockedBy:' .. leaseId)) do
        redis.call('SREM', prefix .. 'blocks:' .. blocker, leaseId)
      end
    end
    redis.call('HDEL', prefix .. 'pending', leaseId)
    redis.call('DEL', prefix .. 'blockedBy:' .. leaseId)
    if standing == 'partial' then
      -- Nobody has seen it, so nothing is logged, and the audit trail does not keep its records.
      redis.call('DEL', leaseKey(leaseId))
      redis.call('RPUSH', prefix .. 'dead', '-' .. leaseId)
      return
    end
  end
  finishEnd(leaseId, fields[1] or '', fields[2] or 0, reason, by, why, wasWaiting)
end

-- The new lease blocks the leases that its request has overtaken.
local function overtake(request, leaseId)
  for other, overlaps in pairs(request.overtakes) do addBlocker(other, leaseId, overlaps, request.hasPosition) end
end
