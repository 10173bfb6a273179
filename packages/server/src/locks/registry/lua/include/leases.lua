-- Leases: how they stand.
--
-- A lease stands in one of three ways, and by nothing else than its field in one of two hashes:
--   in force      in `hb`
--   waiting       in `queue`, as `w<heartbeat>`: it holds nothing, and whoever comes later stands behind it
--   being claimed in `queue`, as `c<heartbeat>`: in parts, unseen by others, until one last step
-- A record entry that names a lease which stands in none of them is void.
-- @include epoch.lua
local function isInForce(leaseId)
  return redis.call('HEXISTS', prefix .. 'hb', leaseId) == 1
end

-- 'held', 'waiting', 'claimed', or nil
local function standingOf(leaseId)
  if isInForce(leaseId) then return 'held' end
  local place = redis.call('HGET', prefix .. 'queue', leaseId)
  if not place then return nil end
  return string.sub(place, 1, 1) == 'w' and 'waiting' or 'claimed'
end

local function isSecretOf(leaseId, secret)
  return redis.call('HGET', leaseKey(leaseId), 'secret') == secret
end

-- Whether the lease is in force, and the secret its own.
local function proves(leaseId, secret)
  return isInForce(leaseId) and isSecretOf(leaseId, secret)
end
