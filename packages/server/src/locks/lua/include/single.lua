-- The short way of an exclusive claim on a single record (or on one with its subtree) that nobody has: most locks are
-- that, and all that examine.lua and write.lua are ready for is a third of its time. It does what they would, or
-- nothing: whatever it finds in its way, it leaves to them.
-- @include leases.lua
local MOST_NODES = 16

local function isFree(entry)
  return not entry or (string.find(entry, '^X?%d+$') ~= nil and not standingOf(string.match(entry, '%d+')))
end

-- The nodes, or nil where anybody has one of them, or they are many.
local function freeNodes(above, whole)
  if above == whole then return { whole } end
  local nodes = {}
  for node in string.gmatch(above, '[^\n]+') do
    nodes[#nodes + 1] = node
    if node ~= whole then
      local resource, id = string.match(node, '^([^/]+)/(.+)$')
      if redis.call('HEXISTS', prefix .. 'rec:' .. resource, id) == 1 then return nil end
    end
  end
  return #nodes <= MOST_NODES and nodes or nil
end

-- Input   nodes above the record, by lines; the only chunk of the claim
-- Output  the new lease's id, or nil
local function takeSingle(above, chunk)
  local caret, resource, id = string.match(chunk, '^(%^?)([^%^\n\t]+)\t[^\n]+\n([^\n]+)$')
  if not id then return nil end
  local key, whole = prefix .. 'rec:' .. resource, resource .. '/*'
  local entries = redis.call('HMGET', key, id, '*')
  if not isFree(entries[1]) or entries[2] then return nil end
  if caret ~= '' and redis.call('EXISTS', prefix .. 'marks:' .. resource .. '/' .. id) == 1 then return nil end
  local nodes = freeNodes(above, whole)
  if not nodes then return nil end

  local leaseId = countFence()
  redis.call('HSET', key, id, caret == '' and leaseId or 'X' .. leaseId)
  for _, node in ipairs(nodes) do redis.call('HSET', prefix .. 'marks:' .. node, leaseId, 'x') end
  redis.call('RPUSH', prefix .. 'ids:' .. leaseId, caret .. resource .. '\n' .. id, '@\n' .. above)
  return leaseId
end
