-- Clears one chunk of record entries of a lease that has ended. An entry that somebody else has taken since is left.
-- Output  1 while there may be more to do, else 0
-- @include include/leases.lua
-- @include include/records.lua
local dead = prefix .. 'dead'
local leaseId = redis.call('LINDEX', dead, 0)
if not leaseId then return 0 end
local chunk = redis.call('LPOP', prefix .. 'ids:' .. leaseId)
if not chunk then
  redis.call('LPOP', dead)
  return 1
end

local key, ids = unpackChunk(chunk)
local entries = redis.call('HMGET', key, unpack(ids))
local cleared, kept = {}, {}
for i, id in ipairs(ids) do
  local entry = entries[i]
  if entry == leaseId then
    cleared[#cleared + 1] = id
  elseif entry and string.sub(entry, 1, 1) == 's' then
    local others, isNamed = {}, false
    for other in string.gmatch(entry, '%d+') do
      if other == leaseId then isNamed = true else others[#others + 1] = other end
    end
    if isNamed and #others == 0 then
      cleared[#cleared + 1] = id
    elseif isNamed then
      kept[#kept + 1] = id
      kept[#kept + 1] = 's' .. table.concat(others, ',')
    end
  end
end
if #cleared > 0 then redis.call('HDEL', key, unpack(cleared)) end
if #kept > 0 then redis.call('HSET', key, unpack(kept)) end
return 1
