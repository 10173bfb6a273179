-- Lets some of a lease's records go while it goes on with the others; with the last of them it ends.
-- Input   leaseId, secret, then chunks
-- Output  how many records it still covers, or -1 where it is not in force or the secret is not its own
-- Events  freed, or released
-- @include include/ends.lua
-- @include include/records.lua
local leaseId, secret = ARGV[1], ARGV[2]
if not proves(leaseId, secret) then return -1 end
local key = leaseKey(leaseId)
local isExclusive = redis.call('HGET', key, 'mode') == 'exclusive'

-- Who stood behind this lease here stands behind it at one place less.
local behind = {}
local function standsBehind(other, otherIsExclusive)
  if isExclusive or otherIsExclusive then behind[other] = (behind[other] or 0) + 1 end
end

local packed, freed = {}, 0
for _, chunk in ipairs(unpackChunks(3)) do
  local entries = redis.call('HMGET', chunk.key, unpack(chunk.ids))
  local cleared, kept, ids = {}, {}, {}
  for i, id in ipairs(chunk.ids) do
    local own, others = nil, {}
    for _, token in ipairs(entries[i] and readEntry(entries[i]) or {}) do
      if token.leaseId == leaseId then own = token else others[#others + 1] = token end
    end
    if own then
      ids[#ids + 1] = id
      local texts = {}
      for j, token in ipairs(others) do
        texts[j] = token.text
        if token.standing == 'waiting' then standsBehind(token.leaseId, token.isExclusive) end
      end
      if #texts > 0 then
        kept[#kept + 1] = id
        kept[#kept + 1] = table.concat(texts, ',')
      else
        cleared[#cleared + 1] = id
      end
      if own.isSubtree then
        local marks = redis.call('HGETALL', prefix .. 'marks:' .. chunk.resource .. '/' .. id)
        for j = 1, #marks, 2 do
          if cachedStanding(marks[j]) == 'waiting' then standsBehind(marks[j], marks[j + 1] == 'x') end
        end
      end
    end
  end
  if #cleared > 0 then redis.call('HDEL', chunk.key, unpack(cleared)) end
  if #kept > 0 then redis.call('HSET', chunk.key, unpack(kept)) end
  if #ids > 0 then
    freed = freed + #ids
    packed[#packed + 1] = chunk.resource .. '\n' .. table.concat(ids, '\n')
  end
end

local count = redis.call('HINCRBY', key, 'count', 0 - freed) -- for none, `-freed` would be "-0"
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
local holder = redis.call('HGET', key, 'holder')
for _, chunk in ipairs(packed) do
  redis.call('RPUSH', prefix .. 'ids:' .. leaseId, '-' .. chunk)
  append('kind', 'freed', 'lease', leaseId, 'holder', holder, 'count', count, 'records', chunk)
end
if count == 0 then
  endLease(leaseId, 'released')
else
  for waiting, places in pairs(behind) do meetLess(waiting, leaseId, places) end
end
return count
