-- Removes viewers from records.
-- Input   record, viewer, …
-- Output  nothing
-- Events  on the channel `presence`: the records whose viewers have changed, one a line
-- @include include/viewers.lua
local changed = {}
for position = 1, #ARGV, 2 do
  local record, viewer = ARGV[position], ARGV[position + 1]
  if redis.call('HDEL', prefix .. 'viewers:' .. record, viewer) == 1 then changed[#changed + 1] = record end
end
notify(changed)
