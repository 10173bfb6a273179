-- What stands in the way of a claim: multi-granularity locking after Gray, Lorie, Putzolu and Traiger (1976), with
-- the entries of `rec:<resource>` as locks and the fields of `marks:<node>` as intention marks.
--
-- A claim is { self, isExclusive, evicted, isForced }: `self` is its own lease, whose tokens never stand in its way;
-- `evicted` is the set of leases that this very script will end; a forced claim steps before those that wait, and one
-- that has its position in the wait list before those that came after it (`hasPosition`: later parts of a large claim).
-- @include leases.lua
-- @include records.lua
local function newVerdict()
  -- against: leases in the way. overtaken: waiting ones that a forced claim steps before. broken: claims in parts
  -- that cannot go on once this claim is written. kept: tokens that stay in the entry. own: the claim's own token.
  return { against = {}, overtaken = {}, broken = {}, kept = {}, own = nil }
end

local function push(list, value) list[#list + 1] = value end

local function judgeLease(verdict, claim, leaseId, standing)
  if standing == 'claimed' then
    push(verdict.broken, leaseId)
    return false
  elseif claim.evicted[leaseId] then
    return false
  elseif standing == 'waiting' and (claim.isForced or claim.hasPosition and tonumber(leaseId) > tonumber(claim.self)) then
    push(verdict.overtaken, leaseId)
  else
    push(verdict.against, leaseId)
  end
  return true
end

-- A record's own entry. Each distinct one is judged once: 10,000 records of one lease have one and the same.
local function judgeEntry(claim, entry)
  local verdict = claim.verdicts[entry]
  if verdict then return verdict end
  verdict = newVerdict()
  for _, token in ipairs(readEntry(entry)) do
    if token.leaseId == claim.self then
      verdict.own = token
    elseif not claim.isExclusive and not token.isExclusive then
      push(verdict.kept, token.text)
    elseif judgeLease(verdict, claim, token.leaseId, token.standing) then
      push(verdict.kept, token.text)
    end
  end
  verdict.prefix = #verdict.kept > 0 and table.concat(verdict.kept, ',') .. ',' or ''
  claim.verdicts[entry] = verdict
  return verdict
end

-- A node above the claimed records: only a lock on all that is below it counts.
local function judgeAbove(claim, node)
  local verdict = newVerdict()
  for _, token in ipairs(readNode(node)) do
    local isCompatible = not claim.isExclusive and not token.isExclusive
    if token.isSubtree and token.leaseId ~= claim.self and not isCompatible then
      judgeLease(verdict, claim, token.leaseId, token.standing)
    end
  end
  return verdict
end

-- What is locked below a node that is claimed with its subtree: the leases that have left their mark on it.
local function judgeBelow(claim, node)
  local verdict = newVerdict()
  local marks = redis.call('HGETALL', prefix .. 'marks:' .. node)
  for i = 1, #marks, 2 do
    local leaseId = marks[i]
    local standing = leaseId ~= claim.self and (claim.isExclusive or marks[i + 1] == 'x') and cachedStanding(leaseId)
    if standing then judgeLease(verdict, claim, leaseId, standing) end
  end
  return verdict
end
