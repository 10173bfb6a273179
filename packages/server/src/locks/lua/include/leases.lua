-- Leases: what every verb of the registry shares. Expects `prefix` and `append` (log/lua/append.lua).
-- @include ../../../log/lua/append.lua

-- Fences rise for ever, also when Redis has lost data: a Redis that started anew (another run_id) begins at its own
-- time, seconds in units of 2^20 plus microseconds. That is beyond every fence that an earlier one can have given,
-- which would have had to give one a microsecond. 2^53 / 2^20 seconds reach to the year 2242.
local FENCES_PER_SECOND = 1048576

local function asInteger(number) return string.format('%.0f', number) end

local function openEpochIfRestarted()
  local runId = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
  if redis.call('HGET', prefix .. 'meta', 'run_id') == runId then return end
  local last = tonumber(redis.call('GET', prefix .. 'fence') or '0')
  local time = redis.call('TIME')
  local floor = tonumber(time[1]) * FENCES_PER_SECOND + tonumber(time[2])
  redis.call('SET', prefix .. 'fence', asInteger(math.max(last + FENCES_PER_SECOND, floor)))
  redis.call('HSET', prefix .. 'meta', 'run_id', runId)
  local epoch = redis.call('HINCRBY', prefix .. 'meta', 'epoch', 1)
  append('kind', 'epoch', 'epoch', epoch)
end

local function nextFence()
  openEpochIfRestarted()
  return asInteger(redis.call('INCR', prefix .. 'fence'))
end

-- Unix time in ms, for display only: nothing is decided by it.
local function nowMs()
  local time = redis.call('TIME')
  return asInteger(tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end

local function isInForce(leaseId)
  return redis.call('HEXISTS', prefix .. 'hb', leaseId) == 1
end

local function proves(leaseId, secret)
  return isInForce(leaseId) and redis.call('HGET', prefix .. 'lease:' .. leaseId, 'secret') == secret
end

-- Ends a lease at once, whatever the number of its records: their entries are void from now on, and a sweeper
-- clears them in small steps.
local function endLease(leaseId, reason)
  redis.call('HDEL', prefix .. 'hb', leaseId)
  redis.call('DEL', prefix .. 'lease:' .. leaseId)
  redis.call('RPUSH', prefix .. 'dead', leaseId)
  append('kind', 'released', 'lease', leaseId, 'reason', reason)
end
