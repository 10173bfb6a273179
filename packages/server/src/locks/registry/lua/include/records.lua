-- Records: packed chunks, and the entries of `rec:<resource>`.
--
-- A chunk is `resource\nid\nid…`, at most 2,000 ids. `^` before the resource makes them subtrees; after it may follow
-- `\t` and the numbers of the nodes above them (`\t1,3`). The whole resource is the subtree `*`.
local function unpackChunk(chunk)
  local caret, resource, above, packed = string.match(chunk, '^(%^?)([^\n\t]+)\t?([^\n]*)\n(.+)$')
  local ids, nodes = {}, {}
  for id in string.gmatch(packed, '[^\n]+') do ids[#ids + 1] = id end
  for node in string.gmatch(above, '%d+') do nodes[#nodes + 1] = tonumber(node) end
  return {
    key = prefix .. 'rec:' .. resource,
    resource = resource,
    isSubtree = caret == '^',
    ids = ids,
    above = nodes,
  }
end

-- The chunks among the arguments, from `first` on.
local function unpackChunks(first)
  local chunks = {}
  for position = first, #ARGV do chunks[#chunks + 1] = unpackChunk(ARGV[position]) end
  return chunks
end

local function unpackNodes(packed)
  local nodes = {}
  for node in string.gmatch(packed, '[^\n]+') do nodes[#nodes + 1] = node end
  return nodes
end

-- An entry names the leases on a record, in the order in which they came: `<kind><lease id>`, separated by commas. Kinds:
-- none for exclusive, `s` for shared; `X` and `S` include every record below.
local function tokenOf(leaseId, isExclusive, isSubtree)
  if isExclusive then return (isSubtree and 'X' or '') .. leaseId end
  return (isSubtree and 'S' or 's') .. leaseId
end

-- Each script reads the standing of a lease once.
local standings = {}
local function cachedStanding(leaseId)
  local standing = standings[leaseId]
  if standing == nil then
    standing = standingOf(leaseId) or false
    standings[leaseId] = standing
  end
  return standing
end

-- The valid tokens of an entry; each distinct entry is read once.
local readEntries = {}
local function readEntry(entry)
  local tokens = readEntries[entry]
  if tokens then return tokens end
  tokens = {}
  for kind, leaseId in string.gmatch(entry, '([sXS]?)(%d+)') do
    local standing = cachedStanding(leaseId)
    if standing then
      tokens[#tokens + 1] = {
        text = kind .. leaseId,
        leaseId = leaseId,
        standing = standing,
        isExclusive = kind == '' or kind == 'X',
        isSubtree = kind == 'X' or kind == 'S',
      }
    end
  end
  readEntries[entry] = tokens
  return tokens
end

-- All entries of a resource, if they are far fewer than the request's records: reading all is then cheaper than asking.
local allEntries = {}
local function fewEntries(key, count)
  if allEntries[key] == nil then
    allEntries[key] = false
    if redis.call('HLEN', key) * 8 < count then
      local all, entryOf = redis.call('HGETALL', key), {}
      for i = 1, #all, 2 do entryOf[all[i]] = all[i + 1] end
      allEntries[key] = entryOf
    end
  end
  return allEntries[key]
end

-- Reads a chunk's entries, and the entry of its whole resource, which every request needs too. Answers them by index, and
-- whether any may exist.
local wholeEntries = {}
local function entriesOf(chunk)
  local ids, count = chunk.ids, #chunk.ids
  local few = fewEntries(chunk.key, count)
  if few then
    wholeEntries[chunk.resource .. '/*'] = few['*'] or false
    if next(few) == nil then return {}, false end
    local entries = {}
    for i, id in ipairs(ids) do entries[i] = few[id] or false end
    return entries, true
  end
  ids[count + 1] = '*'
  local entries = redis.call('HMGET', chunk.key, unpack(ids))
  wholeEntries[chunk.resource .. '/*'] = entries[count + 1]
  ids[count + 1], entries[count + 1] = nil, nil
  return entries, true
end

local function readNode(node)
  local whole = wholeEntries[node]
  if whole ~= nil then return whole and readEntry(whole) or {} end
  local resource, id = string.match(node, '^([^/]+)/(.+)$')
  local entry = redis.call('HGET', prefix .. 'rec:' .. resource, id)
  return entry and readEntry(entry) or {}
end

-- The public side of a lease, in the order that leaseRow.ts reads.
local leaseRows = {}
local function leaseRow(leaseId)
  local row = leaseRows[leaseId]
  if row then return row end
  local fields = redis.call('HMGET', leaseKey(leaseId), 'holder', 'mode', 'since', 'count')
  row = { leaseId, fields[1], fields[2], fields[3], fields[4] }
  leaseRows[leaseId] = row
  return row
end
