-- A lease on all of the records, or nothing.
-- Input   secret, holder (JSON), mode, ttl (ms), expiry ('heartbeat' | 'supervised'), then packed chunks
-- Output  { 'granted', leaseId, since, count }
--         { 'conflict', { { lease row, number of records in the way, first of them }, … } }
-- Events  acquired
-- @include include/leases.lua
-- @include include/records.lua
local secret, holder, mode, ttlMs, expiry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local FIRST_CHUNK = 6
local SAMPLE_SIZE = 20

-- Every check comes before the first write: Redis does not roll a script back.
local chunks, inTheWay, order, count = {}, {}, {}, 0
for position = FIRST_CHUNK, #ARGV do
  local key, ids, resource = unpackChunk(ARGV[position])
  local entries = redis.call('HMGET', key, unpack(ids))
  count = count + #ids
  chunks[#chunks + 1] = { key = key, ids = ids, entries = entries }
  for i = 1, #ids do
    local entry = entries[i]
    if entry then
      local read = readEntry(entry)
      if #read.leases > 0 and (mode == 'exclusive' or not read.isShared) then
        for _, leaseId in ipairs(read.leases) do
          local conflict = inTheWay[leaseId]
          if not conflict then
            conflict = { total = 0, sample = {} }
            inTheWay[leaseId] = conflict
            order[#order + 1] = leaseId
          end
          conflict.total = conflict.total + 1
          if conflict.total <= SAMPLE_SIZE then
            conflict.sample[conflict.total] = resource .. '/' .. ids[i]
          end
        end
      end
    end
  end
end

if #order > 0 then
  local report = {}
  for i, leaseId in ipairs(order) do
    report[i] = { leaseRow(leaseId), inTheWay[leaseId].total, inTheWay[leaseId].sample }
  end
  return { 'conflict', report }
end

local leaseId = nextFence()
local since = nowMs()
for _, chunk in ipairs(chunks) do
  local pairs = {}
  for i, id in ipairs(chunk.ids) do
    local value = leaseId
    if mode == 'shared' then
      local entry = chunk.entries[i]
      local others = entry and table.concat(readEntry(entry).leases, ',') or ''
      value = 's' .. (others ~= '' and others .. ',' or '') .. leaseId
    end
    pairs[2 * i - 1] = id
    pairs[2 * i] = value
  end
  redis.call('HSET', chunk.key, unpack(pairs))
end
for position = FIRST_CHUNK, #ARGV do
  redis.call('RPUSH', prefix .. 'ids:' .. leaseId, ARGV[position])
end
redis.call('HSET', prefix .. 'lease:' .. leaseId, 'secret', secret, 'holder', holder, 'mode', mode, 'since', since,
  'ttl', ttlMs, 'expiry', expiry, 'count', count, 'fence', leaseId, 'generation', 0)
redis.call('HSET', prefix .. 'hb', leaseId, 0)
append('kind', 'acquired', 'lease', leaseId, 'holder', holder, 'mode', mode, 'since', since, 'count', count)
return { 'granted', leaseId, since, count }
