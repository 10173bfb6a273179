-- The wait list. A waiting lease covers nothing. It comes into force in one step when the last lease that blocks it has ended.
-- It blocks later requests itself, so small requests do not starve a large one.
-- @include write.lua
-- @include ends.lua
local MAX_WAITING = 1000

-- Whether waiting would close a circle. It does if a blocking holder waits, perhaps through others, for a lease of `holder`;
-- or if a blocking holder will wait for this request, which overtakes its own. A holder works on one thing at a time, so
-- neither could ever continue.
local function wouldDeadlock(request, holder)
  local self = holderKey(holder)
  local seen, open = {}, {}
  local isBehind = { [self] = true }
  for leaseId in pairs(request.overtakes) do isBehind[holderKey(leaseRow(leaseId)[2])] = true end
  local opened = {}
  local function openBlockersOf(key)
    if opened[key] then return end
    opened[key] = true
    for waiting in string.gmatch(redis.call('HGET', prefix .. 'waiters', key) or '', '%d+') do
      for _, blocker in ipairs(redis.call('HKEYS', prefix .. 'blockedBy:' .. waiting)) do
        -- The same leases block everybody on a wait list.
        if not seen[blocker] then push(open, blocker) end
        seen[blocker] = true
      end
    end
  end
  -- The leases that blocked earlier parts of a large request block it too.
  local met = request.hasPosition and redis.call('HKEYS', prefix .. 'blockedBy:' .. request.self) or {}
  for _, leaseIds in ipairs({ request.blockers, met }) do
    for _, leaseId in ipairs(leaseIds) do
      local key = cachedStanding(leaseId) and holderKey(leaseRow(leaseId)[2]) or self
      if key ~= self then
        if isBehind[key] then return true end
        openBlockersOf(key)
      end
    end
  end
  while #open > 0 do
    local leaseId = table.remove(open)
    if cachedStanding(leaseId) then
      local key = holderKey(leaseRow(leaseId)[2])
      if isBehind[key] then return true end
      openBlockersOf(key)
    end
  end
  return false
end

local function isCrowded() return redis.call('HLEN', prefix .. 'pending') >= MAX_WAITING end

-- The first so many blocking leases: those in force before those that wait.
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

-- The position, 1 for the next: one more than the number of waiting leases that block it.
local function positionOf(leaseId)
  return 1 + math.floor(tonumber(redis.call('HGET', prefix .. 'blockedBy:' .. leaseId, 'n') or 0) / WAITS)
end

-- Every lease that overlaps the request blocks its lease.
local function writeBlockers(request, leaseId)
  for other, overlaps in pairs(request.overlaps) do
    addBlocker(leaseId, other, overlaps, cachedStanding(other) == 'waiting')
  end
end

local function startWaiting(leaseId, holder)
  local key = holderKey(holder)
  local others = redis.call('HGET', prefix .. 'waiters', key)
  redis.call('HSET', prefix .. 'waiters', key, others and others .. ',' .. leaseId or leaseId)
  redis.call('HSET', prefix .. 'pending', leaseId, 'w0')
  local fields = redis.call('HMGET', leaseKey(leaseId), 'mode', 'since', 'count')
  append('kind', 'waiting', 'lease', leaseId, 'holder', holder, 'mode', fields[1], 'since', fields[2],
    'count', fields[3])
end
