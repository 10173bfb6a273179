-- Which leases block a request: multi-granularity locking after Gray, Lorie, Putzolu and Traiger (1976). The entries of
-- `rec:<resource>` are the locks, and the fields of `marks:<node>` the intention marks.
--
-- A request is { self, isExclusive, sharer, evicted, isForced, hasPosition }. `sharer` is the user whose tabs it shares with. `self` is its own lease, whose tokens never block it.
-- `evicted` is the set of leases that this very script will end. A forced request overtakes waiting leases. A request that
-- has its position in the wait list (later parts of a large one) overtakes those that came later.
-- @include leases.lua
-- @include records.lua
-- @include sharing.lua
local function newVerdict()
  -- blocking: leases that block the request.
  -- overtaken: waiting leases behind it.
  -- broken: requests in parts that it breaks.
  -- kept: tokens that stay in the entry.
  -- own: the request's own token.
  return { blocking = {}, overtaken = {}, broken = {}, kept = {}, own = nil }
end

local function push(list, value) list[#list + 1] = value end

local function judgeLease(verdict, request, leaseId, standing)
  if standing == 'partial' then
    push(verdict.broken, leaseId)
    return false
  elseif request.evicted[leaseId] then
    return false
  elseif request.sharer and sharerOf(leaseRow(leaseId)[2]) == request.sharer then
    return true
  elseif standing == 'waiting' and (request.isForced or request.hasPosition and tonumber(leaseId) > tonumber(request.self)) then
    push(verdict.overtaken, leaseId)
  else
    push(verdict.blocking, leaseId)
  end
  return true
end

-- A record's own entry. Each distinct entry is judged once: 10,000 records of one lease have the same.
local function judgeEntry(request, entry)
  local verdict = request.verdicts[entry]
  if verdict then return verdict end
  verdict = newVerdict()
  for _, token in ipairs(readEntry(entry)) do
    if token.leaseId == request.self then
      verdict.own = token
    elseif not request.isExclusive and not token.isExclusive then
      push(verdict.kept, token.text)
    elseif judgeLease(verdict, request, token.leaseId, token.standing) then
      push(verdict.kept, token.text)
    end
  end
  verdict.prefix = #verdict.kept > 0 and table.concat(verdict.kept, ',') .. ',' or ''
  request.verdicts[entry] = verdict
  return verdict
end

-- A node above the requested records: only a lock on its subtree counts.
local function judgeAbove(request, node)
  local verdict = newVerdict()
  for _, token in ipairs(readNode(node)) do
    local isCompatible = not request.isExclusive and not token.isExclusive
    if token.isSubtree and token.leaseId ~= request.self and not isCompatible then
      judgeLease(verdict, request, token.leaseId, token.standing)
    end
  end
  return verdict
end

-- The locks below a node that is requested with its subtree: the leases that have left their mark on it.
local function judgeBelow(request, node)
  local verdict = newVerdict()
  local marks = redis.call('HGETALL', prefix .. 'marks:' .. node)
  for i = 1, #marks, 2 do
    local leaseId = marks[i]
    local standing = leaseId ~= request.self and (request.isExclusive or marks[i + 1] == 'x') and cachedStanding(leaseId)
    if standing then judgeLease(verdict, request, leaseId, standing) end
  end
  return verdict
end
