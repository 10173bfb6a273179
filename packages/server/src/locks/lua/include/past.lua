-- What a lease has covered is kept for the audit trail, the oldest only as long as there is room.
-- @include ../../../log/lua/append.lua
local KEPT_RECORDS = 1000000

local function forgetOldest(kept)
  while kept > KEPT_RECORDS do
    local oldest, size = string.match(redis.call('LPOP', prefix .. 'past') or '', '(%d+) (%d+)')
    if not oldest then return end
    redis.call('UNLINK', prefix .. 'was:' .. oldest)
    kept = redis.call('HINCRBY', prefix .. 'meta', 'past', '-' .. size)
  end
end

-- The lease's list is at its place in `was` already.
local function keepPast(leaseId, size)
  redis.call('RPUSH', prefix .. 'past', leaseId .. ' ' .. size)
  local kept = redis.call('HINCRBY', prefix .. 'meta', 'past', size)
  if kept > KEPT_RECORDS then forgetOldest(kept) end
end

-- The lease on a single record is cleared with its end, which is less work than to leave it to a sweeper; unless somebody
-- else has written at its record since.
-- Output  whether that is done
local function clearSingle(leaseId)
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
  keepPast(leaseId, 1)
  return true
end
