-- Clears one chunk of a lease that has ended: record entries, or marks on nodes. What somebody else has written since
-- is left. A lease's list of what it covered is kept for the audit trail, the oldest only as long as there is room.
-- Output  1 while there may be more to do, else 0
-- @include include/leases.lua
-- @include include/records.lua
local KEPT_RECORDS = 1000000
local dead = prefix .. 'dead'
local first = redis.call('LINDEX', dead, 0)
if not first then return 0 end
local unseen, leaseId, count = string.match(first, '^(%-?)(%d+) ?(%d*)$')
local isKept = unseen == ''
local ids, past = prefix .. 'ids:' .. leaseId, prefix .. 'was:' .. leaseId

local function forgetOldest()
  local kept = tonumber(redis.call('HGET', prefix .. 'meta', 'past') or '0')
  while kept > KEPT_RECORDS do
    local oldest, size = string.match(redis.call('LPOP', prefix .. 'past') or '', '(%d+) (%d+)')
    if not oldest then return end
    redis.call('UNLINK', prefix .. 'was:' .. oldest)
    kept = redis.call('HINCRBY', prefix .. 'meta', 'past', '-' .. size)
  end
end

local chunk = isKept and redis.call('LMOVE', ids, past, 'LEFT', 'RIGHT') or not isKept and redis.call('LPOP', ids)
if not chunk then
  redis.call('LPOP', dead)
  if isKept then
    -- Records that were let go one by one have a line each.
    count = math.max(tonumber(count), redis.call('LLEN', past))
    redis.call('RPUSH', prefix .. 'past', leaseId .. ' ' .. count)
    redis.call('HINCRBY', prefix .. 'meta', 'past', count)
    forgetOldest()
  end
  return 1
end

local kind = string.sub(chunk, 1, 1)
if kind == '-' then return 1 end
if kind == '@' then
  for _, node in ipairs(unpackNodes(string.sub(chunk, 3))) do redis.call('HDEL', prefix .. 'marks:' .. node, leaseId) end
  return 1
end

local records = unpackChunk(chunk)
local entries = redis.call('HMGET', records.key, unpack(records.ids))
local cleared, kept = {}, {}
for i, id in ipairs(records.ids) do
  local entry = entries[i]
  if entry == leaseId then
    cleared[#cleared + 1] = id
  elseif entry and string.find(entry, leaseId, 1, true) then
    local others = {}
    for token in string.gmatch(entry, '[^,]+') do
      if string.match(token, '%d+') ~= leaseId then others[#others + 1] = token end
    end
    if #others == 0 then
      cleared[#cleared + 1] = id
    else
      kept[#kept + 1] = id
      kept[#kept + 1] = table.concat(others, ',')
    end
  end
end
if #cleared > 0 then redis.call('HDEL', records.key, unpack(cleared)) end
if #kept > 0 then redis.call('HSET', records.key, unpack(kept)) end
return 1
