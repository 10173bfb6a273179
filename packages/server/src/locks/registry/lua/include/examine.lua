-- Looks at all that a claim asks for, and writes nothing: every check comes before the first write, since Redis does
-- not roll a script back.
-- @include verdicts.lua
local SAMPLE_SIZE = 20

local function newClaim(self, isExclusive)
  return {
    self = self,
    isExclusive = isExclusive,
    evicted = {},
    isForced = false,
    hasPosition = false,
    verdicts = {},
    -- leases in the way, in the order in which they were met, and of each { total, sample }
    order = {},
    inTheWay = {},
    -- per lease, at how many places it meets this claim
    needs = {},
    overtakes = {},
    broken = {},
    skipped = {},
    -- records that the claim would newly take
    count = 0,
  }
end

local function addPlaces(places, leaseIds)
  for _, leaseId in ipairs(leaseIds) do places[leaseId] = (places[leaseId] or 0) + 1 end
end

-- Without `isCounted` the claim has met the place before.
local function note(claim, verdict, isCounted)
  if isCounted then addPlaces(claim.needs, verdict.against) end
  addPlaces(claim.overtakes, verdict.overtaken)
  for _, leaseId in ipairs(verdict.broken) do claim.broken[leaseId] = true end
end

local function report(claim, leaseId, record)
  local conflict = claim.inTheWay[leaseId]
  if not conflict then
    conflict = { total = 0, sample = {} }
    claim.inTheWay[leaseId] = conflict
    push(claim.order, leaseId)
  end
  if conflict.last == record then return end
  conflict.last = record
  conflict.total = conflict.total + 1
  if conflict.total <= SAMPLE_SIZE then push(conflict.sample, record) end
end

-- Whether an earlier part of the claim has left its mark on a node, and so stands behind who holds it already.
local function isMarkedBefore(claim, node)
  return claim.self ~= '' and redis.call('HEXISTS', prefix .. 'marks:' .. node, claim.self) == 1
end

local function nodeVerdict(claim, node)
  claim.nodes = claim.nodes or {}
  local verdict = claim.nodes[node]
  if not verdict then
    verdict = judgeAbove(claim, node)
    note(claim, verdict, not isMarkedBefore(claim, node))
    claim.nodes[node] = verdict
  end
  return verdict
end

-- Adds to the chunk its `entries` and, by position, `isBlocked`; and to the claim what it found.
local function examineChunk(claim, chunk, nodes)
  local isAnyTaken
  chunk.entries, isAnyTaken = entriesOf(chunk)
  local above = {}
  for _, number in ipairs(chunk.above) do
    for _, leaseId in ipairs(nodeVerdict(claim, nodes[number]).against) do push(above, leaseId) end
  end
  chunk.isBlocked = {}
  claim.count = claim.count + #chunk.ids
  if not isAnyTaken and #above == 0 and not chunk.isSubtree then return end
  for i, id in ipairs(chunk.ids) do
    local entry = chunk.entries[i]
    local verdict = entry and judgeEntry(claim, entry)
    local own = verdict and verdict.own
    if own then claim.count = claim.count - 1 end
    -- What the lease has already is not asked for again: who waits for it waits for this very lease.
    local isAsked = not own or (chunk.isSubtree and not own.isSubtree)
    if isAsked and (entry or #above > 0 or chunk.isSubtree) then
      local record = chunk.resource .. '/' .. id
      local lists = { above }
      if verdict then
        note(claim, verdict, true)
        push(lists, verdict.against)
      end
      if chunk.isSubtree then
        local verdict = judgeBelow(claim, record)
        note(claim, verdict, true)
        push(lists, verdict.against)
      end
      for _, list in ipairs(lists) do
        for _, leaseId in ipairs(list) do
          chunk.isBlocked[i] = true
          report(claim, leaseId, record)
        end
      end
    end
  end
end

local function examine(claim, chunks, nodes)
  for _, chunk in ipairs(chunks) do examineChunk(claim, chunk, nodes) end
end

-- Leaves out of the chunks what is in the way, and what the lease covers already. The answer says whether anything is
-- left of them.
local function narrow(claim, chunks)
  local isAnyLeft = false
  claim.count = 0
  for _, chunk in ipairs(chunks) do
    local ids, entries = {}, {}
    for i, id in ipairs(chunk.ids) do
      local entry = chunk.entries[i]
      local own = entry and judgeEntry(claim, entry).own
      if chunk.isBlocked[i] then
        push(claim.skipped, chunk.resource .. '/' .. id)
      elseif not own or (chunk.isSubtree and not own.isSubtree) then
        push(ids, id)
        push(entries, entry or false)
        if not own then claim.count = claim.count + 1 end
      end
    end
    chunk.ids, chunk.entries = ids, entries
    isAnyLeft = isAnyLeft or #ids > 0
  end
  return isAnyLeft
end

-- { { lease row, number of records in the way, first of them, whether it only waits (0 | 1) }, … }: of all leases in the
-- way, or of these alone.
local function conflictReport(claim, leaseIds)
  local rows = {}
  for i, leaseId in ipairs(leaseIds or claim.order) do
    local conflict = claim.inTheWay[leaseId]
    rows[i] = {
      leaseRow(leaseId), conflict.total, conflict.sample, cachedStanding(leaseId) == 'waiting' and 1 or 0,
    }
  end
  return rows
end
