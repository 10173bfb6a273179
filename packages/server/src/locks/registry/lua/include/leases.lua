-- The standing of leases.
--
-- A lease has one of three standings. Only its field in one of two hashes decides which:
--   held      in `hb`: it is in force
--   waiting   in `pending`, as `w<heartbeat>`: it covers nothing, and blocks later requests
--   partial   in `pending`, as `p<heartbeat>`: its request proceeds in parts, unseen by others until the last step
-- A record entry that names a lease without a standing is void.
-- @include epoch.lua
local function isInForce(leaseId)
  return redis.call('HEXISTS', prefix .. 'hb', leaseId) == 1
end

-- 'held', 'waiting', 'partial', or nil
local function standingOf(leaseId)
  if isInForce(leaseId) then return 'held' end
  local value = redis.call('HGET', prefix .. 'pending', leaseId)
  if not value then return nil end
  return string.sub(value, 1, 1) == 'w' and 'waiting' or 'partial'
end

local function isSecretOf(leaseId, secret)
  return redis.call('HGET', leaseKey(leaseId), 'secret') == secret
end

-- Whether the lease is in force, and the secret is right.
local function proves(leaseId, secret)
  return isInForce(leaseId) and isSecretOf(leaseId, secret)
end
