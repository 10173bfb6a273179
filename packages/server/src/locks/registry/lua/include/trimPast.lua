-- Drops records of ended leases: those that the log no longer explains, and the oldest beyond the memory limit.
-- @include ../../../../changeLog/lua/append.lua
local TRIMMED_AT_ONCE = 500
local DEFAULT_BYTES = 8 * 1024 * 1024

-- Whether the log has lost the entry at this position.
local function isTrimmed(position, oldest)
  if not oldest then return true end
  local ms, count = string.match(position, '(%d+)%-(%d+)')
  if not ms then return true end
  local oldestMs, oldestCount = string.match(oldest, '(%d+)%-(%d+)')
  if ms ~= oldestMs then return tonumber(ms) < tonumber(oldestMs) end
  return tonumber(count) < tonumber(oldestCount)
end

-- Input   how many bytes may be kept; '' for the last given number
-- Output  whether there may be more to drop
local function trimPast(given)
  if given ~= '' then redis.call('HSET', prefix .. 'meta', 'auditBytes', given) end
  local entries = redis.call('LRANGE', prefix .. 'past', 0, TRIMMED_AT_ONCE - 1)
  if #entries == 0 then return false end
  local meta = redis.call('HMGET', prefix .. 'meta', 'pastBytes', 'auditBytes')
  local maxBytes = tonumber(meta[2] or DEFAULT_BYTES)
  local left = tonumber(meta[1] or 0)
  local first = redis.call('XRANGE', prefix .. 'log', '-', '+', 'COUNT', 1)[1]
  local keys, freed = {}, 0
  for _, entry in ipairs(entries) do
    local leaseId, bytes, position = string.match(entry, '(%d+) (%d+) ?(.*)')
    if left - freed <= maxBytes and not isTrimmed(position, first and first[1]) then break end
    keys[#keys + 1] = prefix .. 'was:' .. leaseId
    freed = freed + bytes
  end
  if #keys == 0 then return false end
  redis.call('LPOP', prefix .. 'past', #keys)
  redis.call('UNLINK', unpack(keys))
  redis.call('HINCRBY', prefix .. 'meta', 'pastBytes', string.format('%.0f', -freed))
  return #keys == TRIMMED_AT_ONCE
end
