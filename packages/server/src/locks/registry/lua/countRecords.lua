-- How many records of each resource leases cover. Reads the lists of leases in force, until enough records were counted.
-- Input   after how many records to stop, then lease ids
-- Output  { how many of the leases were looked at, { leaseId, resource, records, whole (0 | 1), below (0 | 1), … } }.
--         `whole`: it covers the whole resource, which is no record. `below`: it covers something with all that is below,
--         which may include records of the resource
-- @include include/leases.lua
local stopAfter = tonumber(ARGV[1])
local rows, looked, counted = {}, 0, 0

-- Resource → id → whether all below it is covered too. Needed if records were released: their chunks do not say it.
local function replay(list)
  local covered = {}
  for _, chunk in ipairs(list) do
    local kind, resource, packed = string.match(chunk, '^([%^@%-]?)([^\n]*)\n(.+)$')
    if kind ~= '@' then
      covered[resource] = covered[resource] or {}
      for id in string.gmatch(packed, '[^\n]+') do
        if kind == '-' then covered[resource][id] = nil else covered[resource][id] = kind end
      end
    end
  end
  local chunks = {}
  for resource, ids in pairs(covered) do
    for id, kind in pairs(ids) do chunks[#chunks + 1] = kind .. resource .. '\n' .. id end
  end
  for _, chunk in ipairs(list) do
    if string.sub(chunk, 1, 1) == '@' then chunks[#chunks + 1] = chunk end
  end
  return chunks
end

local function hasChunk(list, kind)
  for _, chunk in ipairs(list) do
    if string.sub(chunk, 1, 1) == kind then return true end
  end
  return false
end

local function count(leaseId)
  local list = redis.call('LRANGE', prefix .. 'ids:' .. leaseId, 0, -1)
  if hasChunk(list, '-') and hasChunk(list, '^') then list = replay(list) end
  local records, whole, above, subtrees = {}, {}, {}, 0
  for _, chunk in ipairs(list) do
    local kind, resource = string.match(chunk, '^([%^@%-]?)([^\n]*)')
    if kind == '@' then
      for node in string.gmatch(chunk, '\n([^\n]+)/%*') do above[node] = true end
    elseif kind ~= '-' and chunk == kind .. resource .. '\n*' then
      whole[resource] = true
    else
      local _, lines = string.gsub(chunk, '\n', '')
      records[resource] = (records[resource] or 0) + (kind == '-' and -lines or lines)
      if kind == '^' then subtrees = subtrees + lines end
      counted = counted + lines
    end
  end
  local resources = {}
  for resource, number in pairs(records) do if number > 0 then resources[resource] = true end end
  for resource in pairs(whole) do resources[resource] = true end
  if subtrees > 0 then for resource in pairs(above) do resources[resource] = true end end
  for resource in pairs(resources) do
    local row = { leaseId, resource, math.max(records[resource] or 0, 0), whole[resource] and 1 or 0,
      subtrees > 0 and above[resource] and 1 or 0 }
    for _, value in ipairs(row) do rows[#rows + 1] = value end
  end
end

for position = 2, #ARGV do
  if counted >= stopAfter then break end
  looked = looked + 1
  counted = counted + 1
  if isInForce(ARGV[position]) then count(ARGV[position]) end
end
return { looked, rows }
