-- Fences and epochs.
-- @include inForce.lua

-- Fences always rise, also when Redis has lost data. A restarted Redis (another run_id) begins at its own time, in seconds
-- since 2024 in units of 2^16. That is above every fence that an earlier run can have issued: more would take 65,536 fences a
-- second without a pause, and one script that issues a fence takes longer than that. Fences stay below 2^53 for 4,000
-- years, and are short, since every entry of a record contains one.
local FENCES_PER_SECOND = 65536
local BEGINNING = 1704067200

-- Checks that this Redis is the last seen one. Another one may have lost the newest leases, or all of them. Then the restart
-- grace begins, in which only previous holders acquire their records. An empty namespace needs no restart grace, unless
-- somebody knows better: a holder (`isReassertion`), or a process that was connected before (any `hint`).
-- A connection never outlives its server, so the client may send the run_id that it has met on the connection (`hint`; ''
-- if it has met none, `met` if that was on another connection). If that run_id is the last seen one, the script does not
-- ask INFO, which takes half of a small request's time.
-- A script that may need a fence enters the epoch before its first write: Redis can refuse INFO to the user, and does not
-- roll back earlier writes of the script.
-- Output  whether the restart grace is open, run_id
--
-- The hint of this call: from its arguments, or the run_id that an earlier step of the script has found.
local hintOfCall = ''

local function enterEpoch(isReassertion, hint)
  local known = redis.call('HMGET', prefix .. 'meta', 'run_id', 'grace')
  if known[1] and known[1] == hint then
    hintOfCall = hint
    return known[2] == '1', hint
  end
  local runId = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  hintOfCall = runId
  if known[1] == runId then return known[2] == '1', runId end
  local isGrace = known[1] or isReassertion or hint ~= ''
  local last = tonumber(redis.call('GET', prefix .. 'fence') or '0')
  local time = redis.call('TIME')
  local floor = (tonumber(time[1]) - BEGINNING) * FENCES_PER_SECOND + math.floor(tonumber(time[2]) / 16)
  local first = asInteger(math.max(last + FENCES_PER_SECOND, floor))
  redis.call('SET', prefix .. 'fence', first)
  redis.call('HSET', prefix .. 'meta', 'run_id', runId, 'grace', isGrace and 1 or 0, 'firstFence', first)
  append('kind', 'epoch', 'epoch', redis.call('HINCRBY', prefix .. 'meta', 'epoch', 1))
  return isGrace and true or false, runId
end

local function nextFence()
  enterEpoch(false, hintOfCall)
  return countFence()
end

-- Unix time in ms, for display only: no decision depends on it.
local function nowMs()
  local time = redis.call('TIME')
  return asInteger(tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end
