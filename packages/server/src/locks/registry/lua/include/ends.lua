-- How a lease comes into force after waiting, and how it ends.
-- @include leases.lua
-- @include past.lua

-- The heartbeat of a lease that stands in the queue.
local function beatInQueue(leaseId)
  local place = redis.call('HGET', prefix .. 'queue', leaseId)
  local kind, count = string.sub(place, 1, 1), tonumber(string.sub(place, 2))
  redis.call('HSET', prefix .. 'queue', leaseId, kind .. asInteger(count + 1))
end

local function holderKey(holder)
  local decoded = cjson.decode(holder)
  return decoded.type .. ':' .. decoded.id
end

-- `waiters` tells who waits, by holder: who waits while he holds may close a circle (waiting.lua).
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

local function newsOfLease(leaseId)
  local fields = redis.call('HMGET', leaseKey(leaseId), 'fence', 'since', 'count')
  return newsOf(leaseId, fields[1], fields[2], fields[3])
end

-- What this call has brought into force, as it is published.
local granted = {}

-- `need:<waiting>` counts, for each lease that it stands behind, the places at which they meet, and in `n` how many
-- leases these are: one each, and WAITS more where that one waits itself, so that a place is read and not counted.
-- `blocked:<blocker>` is the same the other way round, and exact. A blocker that has ended stays named in `need`, where
-- it counts for nothing: with many in the line, taking it out would be half of the time of a handover.
local WAITS = 1000000000

-- Waiting lease → what is to be taken from its `n`, since one that it stands behind waits no more. Most of these stand
-- behind the lease that has ended as well, and are then written once for both.
local movedUp = {}
local function writeMovedUp()
  for waiting, less in pairs(movedUp) do redis.call('HINCRBY', prefix .. 'need:' .. waiting, 'n', asInteger(-less)) end
  movedUp = {}
end

-- A lease in the queue comes into force: one step, whatever the number of its records, since its entries are written
-- already. The fence is new: a lease that it stood behind may have got a higher one in the meantime. `writeMovedUp`
-- follows in the same step.
local function grant(leaseId)
  local wasWaiting = standingOf(leaseId) == 'waiting'
  if wasWaiting then forgetWaiter(leaseId) end
  redis.call('HDEL', prefix .. 'queue', leaseId)
  redis.call('DEL', prefix .. 'need:' .. leaseId)
  local fence = nextFence()
  local fields = redis.call('HMGET', leaseKey(leaseId), 'holder', 'mode', 'count')
  local since = appendAcquired(leaseId, fields[1], fields[2], fields[3])
  -- A count that this lease never had: one that is given back after a restart keeps its id, and an observer may have
  -- seen it stand at any lower one.
  redis.call('HSET', prefix .. 'hb', leaseId, fence)
  redis.call('HSET', leaseKey(leaseId), 'fence', fence, 'since', since)
  if wasWaiting then
    for _, behind in ipairs(redis.call('SMEMBERS', prefix .. 'blocked:' .. leaseId)) do
      movedUp[behind] = (movedUp[behind] or 0) + WAITS
    end
    local news = newsOf(leaseId, fence, since, fields[3])
    granted[#granted + 1] = news
    -- Redis may refuse the channel to the user. A waiter that hears nothing learns of its grant at its next heartbeat.
    redis.pcall('PUBLISH', prefix .. 'granted', news)
  end
end

local function startNeeding(waiting, blocker, places, isBlockerWaiting)
  local need = prefix .. 'need:' .. waiting
  redis.call('HINCRBY', need, blocker, places)
  if redis.call('SADD', prefix .. 'blocked:' .. blocker, waiting) == 1 then
    redis.call('HINCRBY', need, 'n', isBlockerWaiting and asInteger(WAITS + 1) or 1)
  end
end

-- One blocker less, of which `counted` is in `n`: it has ended, or they meet nowhere any more.
local function needOneLess(waiting, counted)
  local less = counted + (movedUp[waiting] or 0)
  movedUp[waiting] = nil
  local left = redis.call('HINCRBY', prefix .. 'need:' .. waiting, 'n', asInteger(-less))
  if left == 0 and redis.call('HEXISTS', leaseKey(waiting), 'isIncomplete') == 0 then grant(waiting) end
end

-- The blocker is in force: who waits has nothing to let go.
local function meetLess(waiting, blocker, places)
  local need = prefix .. 'need:' .. waiting
  if redis.call('HINCRBY', need, blocker, -places) > 0 then return end
  redis.call('HDEL', need, blocker)
  if redis.call('SREM', prefix .. 'blocked:' .. blocker, waiting) == 1 then
    needOneLess(waiting, 1)
    writeMovedUp()
  end
end

-- Lease → the waiting leases behind it. Read before the first write of whoever ends the lease: a grant needs a fence, and
-- that may need a command which Redis refuses to the user (enterEpoch).
local behindOf = {}
local function readBehind(leaseId)
  local behind = redis.call('SMEMBERS', prefix .. 'blocked:' .. leaseId)
  if #behind > 0 then enterEpoch(false, hintOfCall) end
  behindOf[leaseId] = behind
end

-- A holder that did not end its lease itself may believe in it until its TTL is over, and ask for it after a restart
-- (claim.lua). What the audit trail keeps may be dropped before that.
local function rememberLoss(leaseId)
  local ttlMs = redis.call('HGET', leaseKey(leaseId), 'ttl')
  if ttlMs then redis.call('SET', prefix .. 'lost:' .. leaseId, 1, 'PX', asInteger(2 * ttlMs)) end
end

-- What is left to do of the end of a lease that is in no hash any more: at once, whatever the number of its records.
-- Their entries are void, and a sweeper clears them in small steps. Who stood behind this lease alone comes into force
-- in this step. `by` (JSON of the actor) and `why` are of a takeover; `wasWaiting`, where it was not in force.
local function finishEnd(leaseId, holder, count, reason, by, why, wasWaiting)
  if reason ~= 'released' and reason ~= 'ended' and reason ~= 'withdrawn' then rememberLoss(leaseId) end
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
  local behind = behindOf[leaseId]
  if #behind == 0 then return end
  redis.call('DEL', prefix .. 'blocked:' .. leaseId)
  -- In the order in which they came: what each grant appends to the log is in it too.
  table.sort(behind, function(one, other) return tonumber(one) < tonumber(other) end)
  for _, waiting in ipairs(behind) do needOneLess(waiting, wasWaiting and WAITS + 1 or 1) end
  writeMovedUp()
end

-- Takes a lease out of force for who proves to own it; `finishEnd` follows in the same step.
-- Output  its holder and count; or nil where it is not in force, or the secret is not its own
local function leaveForce(leaseId, secret)
  local fields = redis.call('HMGET', leaseKey(leaseId), 'secret', 'holder', 'count')
  if fields[1] ~= secret then return nil end
  readBehind(leaseId)
  if redis.call('HDEL', prefix .. 'hb', leaseId) == 0 then return nil end
  return fields[2], fields[3]
end

-- Ends a lease, whichever way it stands.
local function endLease(leaseId, reason, by, why)
  readBehind(leaseId)
  local fields = redis.call('HMGET', leaseKey(leaseId), 'holder', 'count')
  local wasWaiting = false
  if redis.call('HDEL', prefix .. 'hb', leaseId) == 0 then
    local standing = standingOf(leaseId)
    wasWaiting = standing == 'waiting'
    if wasWaiting then
      forgetWaiter(leaseId)
      for _, blocker in ipairs(redis.call('HKEYS', prefix .. 'need:' .. leaseId)) do
        redis.call('SREM', prefix .. 'blocked:' .. blocker, leaseId)
      end
    end
    redis.call('HDEL', prefix .. 'queue', leaseId)
    redis.call('DEL', prefix .. 'need:' .. leaseId)
    if standing == 'claimed' then
      -- Nobody has seen it, so nothing is told, and its records are not kept for the audit trail.
      redis.call('DEL', leaseKey(leaseId))
      redis.call('RPUSH', prefix .. 'dead', '-' .. leaseId)
      return
    end
  end
  finishEnd(leaseId, fields[1] or '', fields[2] or 0, reason, by, why, wasWaiting)
end

-- Those that a claim has stepped before stand behind it from now on.
local function stepBefore(claim, leaseId)
  for other, places in pairs(claim.overtakes) do startNeeding(other, leaseId, places, claim.hasPosition) end
end
