-- What is written of a lease that comes into force. Small, since it stands before the short way of single.lua: each
-- function that a script makes before it has come to its end costs about as much as a command.
-- @include ../../../../changeLog/lua/append.lua
local function asInteger(number) return string.format('%.0f', number) end

local function leaseKey(leaseId) return prefix .. 'lease:' .. leaseId end

-- Only after the script has seen that Redis is the one that was last seen (epoch.lua).
local function countFence()
  return asInteger(redis.call('INCR', prefix .. 'fence'))
end

-- A lease has been in force since its entry in the log: its id tells the time, in Unix ms, which is for display only.
-- The answer is that time.
local function appendAcquired(leaseId, holder, mode, count)
  local position = append('kind', 'acquired', 'lease', leaseId, 'holder', holder, 'mode', mode, 'count', count)
  return string.match(position, '^%d+')
end

-- What is told of a lease that has come into force (grantNews.ts reads it).
local function newsOf(leaseId, fence, since, count)
  return leaseId .. ' ' .. fence .. ' ' .. since .. ' ' .. count
end

local function writeLease(leaseId, secret, holder, mode, since, ttlMs, expiry, count)
  redis.call('HSET', leaseKey(leaseId), 'secret', secret, 'holder', holder, 'mode', mode, 'since', since,
    'ttl', ttlMs, 'expiry', expiry, 'count', count, 'fence', leaseId)
end
