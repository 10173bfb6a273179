-- Standing in line. A waiting lease holds nothing: it comes into force in one step, when the last lease that it stands
-- behind has ended. Who comes later stands behind it, so a large request is not starved by small ones.
-- @include write.lua
-- @include ends.lua
local MAX_WAITING = 1000

-- Whether waiting would close a circle: the holder of a lease in the way itself waits, perhaps through others, for a
-- lease of `holder`'s, or will wait for this claim, which steps before his own. A holder is one line of work, so that
-- neither could ever go on.
local function wouldDeadlock(claim, holder)
  local self = holderKey(holder)
  local seen, open = {}, {}
  local isBehind = { [self] = true }
  for leaseId in pairs(claim.overtakes) do isBehind[holderKey(leaseRow(leaseId)[2])] = true end
  local opened = {}
  local function openNeedsOf(key)
    if opened[key] then return end
    opened[key] = true
    for waiting in string.gmatch(redis.call('HGET', prefix .. 'waiters', key) or '', '%d+') do
      for _, blocker in ipairs(redis.call('HKEYS', prefix .. 'need:' .. waiting)) do
        -- In a line everybody stands behind the same ones.
        if not seen[blocker] then push(open, blocker) end
        seen[blocker] = true
      end
    end
  end
  -- What earlier parts of a large claim have met is in its way too.
  local met = claim.hasPosition and redis.call('HKEYS', prefix .. 'need:' .. claim.self) or {}
  for _, leaseIds in ipairs({ claim.order, met }) do
    for _, leaseId in ipairs(leaseIds) do
      local key = cachedStanding(leaseId) and holderKey(leaseRow(leaseId)[2]) or self
      if key ~= self then
        if isBehind[key] then return true end
        openNeedsOf(key)
      end
    end
  end
  while #open > 0 do
    local leaseId = table.remove(open)
    if cachedStanding(leaseId) then
      local key = holderKey(leaseRow(leaseId)[2])
      if isBehind[key] then return true end
      openNeedsOf(key)
    end
  end
  return false
end

local function isCrowded() return redis.call('HLEN', prefix .. 'queue') >= MAX_WAITING end

-- Of the leases in the way those in force before those that wait, at most so many.
local function firstOf(leaseIds, most)
  local first = {}
  for _, isWaiting in ipairs({ false, true }) do
    for _, leaseId in ipairs(leaseIds) do
      if #first == most then return first end
      if (cachedStanding(leaseId) == 'waiting') == isWaiting then push(first, leaseId) end
    end
  end
  return first
end

-- 1 for who is next: one more than the waiting leases that it stands behind.
local function positionOf(leaseId)
  return 1 + math.floor(tonumber(redis.call('HGET', prefix .. 'need:' .. leaseId, 'n') or 0) / WAITS)
end

-- The lease stands behind each lease that the claim met.
local function writeNeeds(claim, leaseId)
  for other, places in pairs(claim.needs) do
    startNeeding(leaseId, other, places, cachedStanding(other) == 'waiting')
  end
end

local function startWaiting(leaseId, holder)
  local key = holderKey(holder)
  local others = redis.call('HGET', prefix .. 'waiters', key)
  redis.call('HSET', prefix .. 'waiters', key, others and others .. ',' .. leaseId or leaseId)
  redis.call('HSET', prefix .. 'queue', leaseId, 'w0')
  local fields = redis.call('HMGET', leaseKey(leaseId), 'mode', 'since', 'count')
  append('kind', 'waiting', 'lease', leaseId, 'holder', holder, 'mode', fields[1], 'since', fields[2],
    'count', fields[3])
end
