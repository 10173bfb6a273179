-- Fences and epochs.
-- @include inForce.lua

-- Fences rise for ever, also when Redis has lost data: a Redis that started anew (another run_id) begins at its own
-- time, seconds since 2024 in units of 2^16. That is beyond every fence that an earlier one can have given: for more,
-- it would have had to give 65,536 a second without a pause, and a script that gives one takes longer than that. They
-- stay below 2^53 for 4,000 years, and are short, since every entry of a record holds one.
local FENCES_PER_SECOND = 65536
local BEGINNING = 1704067200

-- Sees to it that this Redis is the one that was last seen; another has perhaps lost the newest grants, or all of
-- them. Then a term of grace begins, in which only those who held records before get them back. A namespace in which
-- nothing is written down needs none, unless somebody knows better: a holder (`isReassertion`), or a process that has
-- been there before (any `hint`).
-- A connection never outlives the server that it was made to, so the client may say which run_id it has met on it
-- (`hint`; '' where it has met none, `met` where that was on another connection). Where it is the one which was last
-- seen, INFO is not asked: it takes half of a small claim's time.
-- A script that may need a fence enters the epoch before its first write: Redis can refuse INFO to the user, and does not
-- roll back what the script has written by then.
-- Output  whether the term of grace is open, run_id
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

-- Unix time in ms, for display only: nothing is decided by it.
local function nowMs()
  local time = redis.call('TIME')
  return asInteger(tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end
