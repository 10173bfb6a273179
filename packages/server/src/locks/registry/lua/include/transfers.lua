-- Transfers of leases.
-- @include leases.lua

-- Transfers a lease to another holder without a gap: new secret, new fence, the same id. `ttlMs` and `expiry` of '' keep the
-- present values. The caller has checked the permission.
local function transferLease(leaseId, newSecret, holder, ttlMs, expiry)
  local key = leaseKey(leaseId)
  local from = redis.call('HGET', key, 'holder')
  redis.call('HSET', key, 'secret', newSecret, 'holder', holder, 'fence', nextFence(), 'generation', 0)
  if ttlMs ~= '' then redis.call('HSET', key, 'ttl', ttlMs) end
  if expiry ~= '' then redis.call('HSET', key, 'expiry', expiry) end
  redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
  append('kind', 'transferred', 'lease', leaseId, 'holder', holder, 'from', from)
end
