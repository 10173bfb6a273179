-- Clears ended leases: record entries and marks on nodes, about one chunk of them a call. It keeps entries that somebody else
-- has written since. If nothing is left to clear, it drops records that the audit trail need not keep.
-- Input   how many bytes the audit trail may keep of the records of ended leases, or '' (trimPast.lua)
-- Output  1 while there may be more to do, else 0
-- @include include/leases.lua
-- @include include/records.lua
-- @include include/past.lua
-- @include include/trimPast.lua
local IDS_PER_CALL, STEPS_PER_CALL = 2000, 100
local dead = prefix .. 'dead'

local function finish(leaseId, isKept, count, position)
  redis.call('LPOP', dead)
  if not isKept then return end
  -- Records that were released one by one have a line each.
  local size = math.max(tonumber(count), redis.call('LLEN', prefix .. 'was:' .. leaseId))
  keepPast(leaseId, size, position)
end

local function clearEntries(leaseId, chunk)
  local entries = redis.call('HMGET', chunk.key, unpack(chunk.ids))
  local cleared, kept = {}, {}
  for i, id in ipairs(chunk.ids) do
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
  if #cleared > 0 then redis.call('HDEL', chunk.key, unpack(cleared)) end
  if #kept > 0 then redis.call('HSET', chunk.key, unpack(kept)) end
  return #chunk.ids
end

-- How many ids were checked; nil if nothing is left. One step moves a chunk of the lease's list and clears what the chunk
-- names, so a sweeper that crashes half way has lost nothing.
local function step()
  local first = redis.call('LINDEX', dead, 0)
  if not first then return nil end
  local unseen, leaseId, count, position = string.match(first, '^(%-?)(%d+) ?(%d*) ?(%S*)$')
  local isKept, ids = unseen == '', prefix .. 'ids:' .. leaseId
  local chunk
  if isKept then
    chunk = redis.call('LMOVE', ids, prefix .. 'was:' .. leaseId, 'LEFT', 'RIGHT')
  else
    chunk = redis.call('LPOP', ids)
  end
  if not chunk then
    finish(leaseId, isKept, count, position)
    return 0
  end
  local kind = string.sub(chunk, 1, 1)
  if kind == '-' then return 0 end
  if kind ~= '@' then return clearEntries(leaseId, unpackChunk(chunk)) end
  local nodes = unpackNodes(string.sub(chunk, 3))
  for _, node in ipairs(nodes) do redis.call('HDEL', prefix .. 'marks:' .. node, leaseId) end
  return #nodes
end

local looked = 0
for _ = 1, STEPS_PER_CALL do
  local ids = step()
  if not ids then return trimPast(ARGV[1]) and 1 or 0 end
  looked = looked + ids
  if looked >= IDS_PER_CALL then break end
end
return 1
