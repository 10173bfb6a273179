-- Viewers: `viewers:<record>` is a hash, `<gateway> <connection>` → a description. It counts as long as its gateway lives, which
-- `gateway:<id>` says. So a gateway renews one key for all of its viewers, and those of a crashed one end together.
local prefix = KEYS[1]

local lives = {}
local function isAlive(viewer)
  local gateway = string.match(viewer, '^%S+')
  if lives[gateway] == nil then lives[gateway] = redis.call('EXISTS', prefix .. 'gateway:' .. gateway) == 1 end
  return lives[gateway]
end

-- Redis may refuse the channel to the user. Gateways that hear nothing look from time to time.
local function notify(records)
  if #records > 0 then redis.pcall('PUBLISH', prefix .. 'presence', table.concat(records, '\n')) end
end
