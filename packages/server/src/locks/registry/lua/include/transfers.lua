-- Handing a lease over.
-- @include leases.lua

-- To another holder, without a gap: new secret, new fence, the same id. `ttlMs` and `expiry` of '' keep what it has. The
-- caller has checked who asks.
local function transferLease(leaseId, newSecret, holder, ttlMs, expiry)
  local key = leaseKey(leaseId)
  local from = redis.call('HGET', key, 'holder')
  redis.call('HSET', key, 'secret', newSecret, 'holder', holder, 'fence', nextFence(), 'generation', 0)
  if ttlMs ~= '' then redis.call('HSET', key, 'ttl', ttlMs) end
  if expiry ~= '' then redis.call('HSET', key, 'expiry', expiry) end
  redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
  append('kind', 'transferred', 'lease', leaseId, 'holder', holder, 'from', from)
end
