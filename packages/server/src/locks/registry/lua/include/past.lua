-- The records of ended leases, which the audit trail needs: `sweep` drops them again (trimPast.lua).
-- @include ../../../../changeLog/lua/append.lua

-- About how much of Redis's memory a list takes: the list with its name and its entry in `past`, and each record in it.
local LIST_BYTES, RECORD_BYTES = 250, 31

-- The lease's list is already under `was`. `position`: the log entry of the lease's end
local function keepPast(leaseId, size, position)
  local bytes = LIST_BYTES + RECORD_BYTES * size
  redis.call('RPUSH', prefix .. 'past', leaseId .. ' ' .. bytes .. ' ' .. position)
  redis.call('HINCRBY', prefix .. 'meta', 'pastBytes', bytes)
end

-- A lease on a single record is cleared as it ends, which is less work than sweeping it; unless somebody else has written
-- at its record since.
-- Output  whether it was cleared
local function clearSingle(leaseId, position)
  local ids = prefix .. 'ids:' .. leaseId
  local list = redis.call('LRANGE', ids, 0, 2)
  if #list ~= 2 or string.sub(list[2], 1, 2) ~= '@\n' then return false end
  local caret, resource, id = string.match(list[1], '^(%^?)([^%-\n][^\n]*)\n([^\n]+)$')
  if not id then return false end
  local key = prefix .. 'rec:' .. resource
  if redis.call('HGET', key, id) ~= (caret == '' and leaseId or 'X' .. leaseId) then return false end
  redis.call('HDEL', key, id)
  for node in string.gmatch(string.sub(list[2], 3), '[^\n]+') do
    redis.call('HDEL', prefix .. 'marks:' .. node, leaseId)
  end
  redis.call('RENAME', ids, prefix .. 'was:' .. leaseId)
  keepPast(leaseId, 1, position)
  return true
end
