-- Adds viewers to records, or keeps them. A record has at most 100, so that it takes at most some KiB.
-- Input   gateway, its lifetime (ms), the lifetime of a record's viewers (ms), whether others are notified also of viewers that
--         were there (0 | 1), then record, viewer, description, …
-- Output  nothing
-- Events  on the channel `presence`: the records whose viewers have changed, one a line
-- @include include/viewers.lua
local MOST_VIEWERS = 100
local gateway, gatewayTtlMs, viewersTtlMs, notifiesAlways = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'

local function hasRoom(key)
  if redis.call('HLEN', key) < MOST_VIEWERS then return true end
  local viewers = redis.call('HGETALL', key)
  for i = 1, #viewers, 2 do
    if not isAlive(viewers[i]) then redis.call('HDEL', key, viewers[i]) end
  end
  return redis.call('HLEN', key) < MOST_VIEWERS
end

redis.call('SET', prefix .. 'gateway:' .. gateway, 1, 'PX', gatewayTtlMs)
local changed, isChanged = {}, {}
for position = 5, #ARGV, 3 do
  local record, viewer, description = ARGV[position], ARGV[position + 1], ARGV[position + 2]
  local key = prefix .. 'viewers:' .. record
  local isThere = redis.call('HEXISTS', key, viewer) == 1
  local isNew = not isThere and hasRoom(key)
  if isNew then redis.call('HSET', key, viewer, description) end
  if isNew or isThere then redis.call('PEXPIRE', key, viewersTtlMs) end
  if (isNew or (isThere and notifiesAlways)) and not isChanged[record] then
    isChanged[record] = true
    changed[#changed + 1] = record
  end
end
notify(changed)
