-- Examines all records of a request, and writes nothing. Every check comes before the first write, since Redis does not
-- roll a script back.
-- @include verdicts.lua
local SAMPLE_SIZE = 20

-- `holder` (JSON) of the request, if it is to share records with other tabs of its user.
local function newRequest(self, isExclusive, holder)
  return {
    self = self,
    isExclusive = isExclusive,
    sharer = sharerOf(holder),
    evicted = {},
    isForced = false,
    hasPosition = false,
    verdicts = {},
    -- the blocking leases in the order in which they were found, and the { total, sample } of each
    blockers = {},
    conflicts = {},
    -- lease → at how many points it overlaps this request
    overlaps = {},
    overtakes = {},
    broken = {},
    skipped = {},
    -- how many records the request would add
    count = 0,
  }
end

local function addOverlaps(overlaps, leaseIds)
  for _, leaseId in ipairs(leaseIds) do overlaps[leaseId] = (overlaps[leaseId] or 0) + 1 end
end

-- Without `isCounted`, the request has counted this overlap before.
local function note(request, verdict, isCounted)
  if isCounted then addOverlaps(request.overlaps, verdict.blocking) end
  addOverlaps(request.overtakes, verdict.overtaken)
  for _, leaseId in ipairs(verdict.broken) do request.broken[leaseId] = true end
end

local function report(request, leaseId, record)
  local conflict = request.conflicts[leaseId]
  if not conflict then
    conflict = { total = 0, sample = {} }
    request.conflicts[leaseId] = conflict
    push(request.blockers, leaseId)
  end
  if conflict.last == record then return end
  conflict.last = record
  conflict.total = conflict.total + 1
  if conflict.total <= SAMPLE_SIZE then push(conflict.sample, record) end
end

-- Whether an earlier part of the request has left its mark on a node, so that the leases there block it already.
local function isMarkedBefore(request, node)
  return request.self ~= '' and redis.call('HEXISTS', prefix .. 'marks:' .. node, request.self) == 1
end

local function nodeVerdict(request, node)
  request.nodes = request.nodes or {}
  local verdict = request.nodes[node]
  if not verdict then
    verdict = judgeAbove(request, node)
    note(request, verdict, not isMarkedBefore(request, node))
    request.nodes[node] = verdict
  end
  return verdict
end

-- Adds to the chunk its `entries` and, by index, `isBlocked`; and to the request what it found.
local function examineChunk(request, chunk, nodes)
  local isAnyTaken
  chunk.entries, isAnyTaken = entriesOf(chunk)
  local above = {}
  for _, number in ipairs(chunk.above) do
    for _, leaseId in ipairs(nodeVerdict(request, nodes[number]).blocking) do push(above, leaseId) end
  end
  chunk.isBlocked = {}
  request.count = request.count + #chunk.ids
  if not isAnyTaken and #above == 0 and not chunk.isSubtree then return end
  for i, id in ipairs(chunk.ids) do
    local entry = chunk.entries[i]
    local verdict = entry and judgeEntry(request, entry)
    local own = verdict and verdict.own
    if own then request.count = request.count - 1 end
    -- The lease does not ask again for records that it has: it would wait for itself.
    local isAsked = not own or (chunk.isSubtree and not own.isSubtree)
    if isAsked and (entry or #above > 0 or chunk.isSubtree) then
      local record = chunk.resource .. '/' .. id
      local lists = { above }
      if verdict then
        note(request, verdict, true)
        push(lists, verdict.blocking)
      end
      if chunk.isSubtree then
        local verdict = judgeBelow(request, record)
        note(request, verdict, true)
        push(lists, verdict.blocking)
      end
      for _, list in ipairs(lists) do
        for _, leaseId in ipairs(list) do
          chunk.isBlocked[i] = true
          report(request, leaseId, record)
        end
      end
    end
  end
end

local function examine(request, chunks, nodes)
  for _, chunk in ipairs(chunks) do examineChunk(request, chunk, nodes) end
end

-- Removes from the chunks the blocked records, and those that the lease covers already. Answers whether any record is
-- left.
local function narrow(request, chunks)
  local isAnyLeft = false
  request.count = 0
  for _, chunk in ipairs(chunks) do
    local ids, entries = {}, {}
    for i, id in ipairs(chunk.ids) do
      local entry = chunk.entries[i]
      local own = entry and judgeEntry(request, entry).own
      if chunk.isBlocked[i] then
        push(request.skipped, chunk.resource .. '/' .. id)
      elseif not own or (chunk.isSubtree and not own.isSubtree) then
        push(ids, id)
        push(entries, entry or false)
        if not own then request.count = request.count + 1 end
      end
    end
    chunk.ids, chunk.entries = ids, entries
    isAnyLeft = isAnyLeft or #ids > 0
  end
  return isAnyLeft
end

-- { { lease row, number of blocked records, first of them, whether it only waits (0 | 1) }, … }: of all blocking leases, or
-- of these alone.
local function conflictReport(request, leaseIds)
  local rows = {}
  for i, leaseId in ipairs(leaseIds or request.blockers) do
    local conflict = request.conflicts[leaseId]
    rows[i] = {
      leaseRow(leaseId), conflict.total, conflict.sample, cachedStanding(leaseId) == 'waiting' and 1 or 0,
    }
  end
  return rows
end
