-- The short way of an exclusive request for a single free record, or for one with its subtree. Most locks are that, and it
-- takes a third of the time of examine.lua and write.lua. It does what they would do, or nothing: it leaves every
-- obstacle to them. The caller must know that Redis has not restarted (epoch.lua).
-- @include inForce.lua
local MOST_NODES = 16

-- Input   run_id, nodes above the record (by lines), the only chunk of the request
-- Output  the new lease's id, and its record as the lease's list keeps it; or nil
local function acquireSingle(hint, above, chunk)
  local caret, resource, id = string.match(chunk, '^(%^?)([^%^\n\t]+)\t[^\n]+\n([^\n]+)$')
  if not id then return nil end
  local known = redis.call('HMGET', prefix .. 'meta', 'run_id', 'grace')
  if known[1] ~= hint or known[2] == '1' then return nil end

  local key, whole = prefix .. 'rec:' .. resource, resource .. '/*'
  local entries = redis.call('HMGET', key, id, '*')
  if entries[2] then return nil end
  if entries[1] then
    -- It may be void: of a lease that has ended and is not swept yet.
    local other = string.match(entries[1], '^X?(%d+)$')
    if not other or redis.call('HEXISTS', prefix .. 'hb', other) == 1
      or redis.call('HEXISTS', prefix .. 'pending', other) == 1 then return nil end
  end
  if caret ~= '' and redis.call('EXISTS', prefix .. 'marks:' .. resource .. '/' .. id) == 1 then return nil end

  local nodes = { whole }
  if above ~= whole then
    nodes = {}
    for node in string.gmatch(above, '[^\n]+') do
      nodes[#nodes + 1] = node
      if node ~= whole then
        local resourceAbove, idAbove = string.match(node, '^([^/]+)/(.+)$')
        if redis.call('HEXISTS', prefix .. 'rec:' .. resourceAbove, idAbove) == 1 then return nil end
      end
    end
    if #nodes > MOST_NODES then return nil end
  end

  local leaseId, packed = countFence(), caret .. resource .. '\n' .. id
  redis.call('HSET', key, id, caret == '' and leaseId or 'X' .. leaseId)
  for _, node in ipairs(nodes) do redis.call('HSET', prefix .. 'marks:' .. node, leaseId, 'x') end
  redis.call('RPUSH', prefix .. 'ids:' .. leaseId, packed, '@\n' .. above)
  return leaseId, packed
end
