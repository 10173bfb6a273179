-- Writes of a lease that comes into force. Small, since the short way of acquireSingle.lua needs it: each function
-- that a script creates before it is done costs about as much as a command.
-- @include ../../../../changeLog/lua/append.lua
local function asInteger(number) return string.format('%.0f', number) end

local function leaseKey(leaseId) return prefix .. 'lease:' .. leaseId end

-- Only after the script has checked for a restart of Redis (epoch.lua).
local function countFence()
  return asInteger(redis.call('INCR', prefix .. 'fence'))
end

-- The entry of a lease on at most so many records names them, so that readers need not ask for them.
local MOST_NAMED = 8

-- Input   `packed`: the chunks of all of its records, as the lease's list keeps them; or nil
-- Output  since when the lease is in force: the time of its log entry, in Unix ms, for display only
local function appendAcquired(leaseId, holder, mode, count, packed)
  local position
  if packed and tonumber(count) <= MOST_NAMED then
    position = append('kind', 'acquired', 'lease', leaseId, 'holder', holder, 'mode', mode, 'count', count,
      'records', table.concat(packed, '\t'))
  else
    position = append('kind', 'acquired', 'lease', leaseId, 'holder', holder, 'mode', mode, 'count', count)
  end
  return string.match(position, '^%d+')
end

-- The notice of a lease that has come into force (acquiredNotice.ts reads it).
local function formatNotice(leaseId, fence, since, count)
  return leaseId .. ' ' .. fence .. ' ' .. since .. ' ' .. count
end

local function writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, count)
  redis.call('HSET', leaseKey(leaseId), 'secret', secret, 'holder', holder, 'mode', mode, 'since', since,
    'ttl', ttlMs, 'expiry', expiry, 'count', count, 'fence', leaseId)
end
