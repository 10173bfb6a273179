-- Records: packed chunks (`resource\nid\nid…`, at most 2,000 ids) and what an entry of `rec:<resource>` says.

local function unpackChunk(chunk)
  local resource, packed = string.match(chunk, '^([^\n]+)\n(.+)$')
  local ids = {}
  for id in string.gmatch(packed, '[^\n]+') do ids[#ids + 1] = id end
  return prefix .. 'rec:' .. resource, ids, resource
end

-- An entry is the id of an exclusive lease, or `s` and the ids of shared ones. Leases that have ended may still be
-- named in it and do not count. Each distinct entry is looked up once.
local readEntries = {}
local function readEntry(entry)
  local read = readEntries[entry]
  if read then return read end
  local inForce = {}
  for leaseId in string.gmatch(entry, '%d+') do
    if isInForce(leaseId) then inForce[#inForce + 1] = leaseId end
  end
  read = { isShared = string.sub(entry, 1, 1) == 's', leases = inForce }
  readEntries[entry] = read
  return read
end

-- What others may know of a lease, in the order that leaseRow.ts reads.
local function leaseRow(leaseId)
  local fields = redis.call('HMGET', prefix .. 'lease:' .. leaseId, 'holder', 'mode', 'since', 'count')
  return { leaseId, fields[1], fields[2], fields[3], fields[4] }
end
