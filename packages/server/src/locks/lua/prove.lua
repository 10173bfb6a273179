-- Whether a lease is its owner's, and covers records alone: one who shares them may not write. Counts as a heartbeat.
-- Input   leaseId, secret, then packed chunks
-- Output  false where it is not; else { fence, keys of the records that it does not cover }
-- @include include/leases.lua
-- @include include/records.lua
local leaseId, secret = ARGV[1], ARGV[2]
if not proves(leaseId, secret) then return false end
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
local uncovered = {}
for position = 3, #ARGV do
  local key, ids, resource = unpackChunk(ARGV[position])
  local entries = redis.call('HMGET', key, unpack(ids))
  for i = 1, #ids do
    local covered = false
    local read = entries[i] and readEntry(entries[i])
    if read and not read.isShared then
      for _, holder in ipairs(read.leases) do covered = covered or holder == leaseId end
    end
    if not covered then uncovered[#uncovered + 1] = resource .. '/' .. ids[i] end
  end
end
return { redis.call('HGET', prefix .. 'lease:' .. leaseId, 'fence'), uncovered }
