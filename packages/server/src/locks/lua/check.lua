-- Who holds what, at one moment of the change log.
-- Input   packed chunks
-- Output  { cursor, { record key, 'leaseId,leaseId…', … } of the records that are held, { lease row, … } }
-- @include include/leases.lua
-- @include include/records.lua
local held, leases, seen = {}, {}, {}
for position = 1, #ARGV do
  local key, ids, resource = unpackChunk(ARGV[position])
  local entries = redis.call('HMGET', key, unpack(ids))
  for i = 1, #ids do
    local read = entries[i] and readEntry(entries[i])
    if read and #read.leases > 0 then
      held[#held + 1] = resource .. '/' .. ids[i]
      held[#held + 1] = table.concat(read.leases, ',')
      for _, leaseId in ipairs(read.leases) do
        if not seen[leaseId] then
          seen[leaseId] = true
          leases[#leases + 1] = leaseRow(leaseId)
        end
      end
    end
  end
end
return { newestCursor(), held, leases }
