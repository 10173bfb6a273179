-- The viewers of records, without those of gateways that no longer live.
-- Input   records
-- Output  { { viewer, description, … } of each record, … }
-- @include include/viewers.lua
local found = {}
for i, record in ipairs(ARGV) do
  local living = {}
  local viewers = redis.call('HGETALL', prefix .. 'viewers:' .. record)
  for j = 1, #viewers, 2 do
    if isAlive(viewers[j]) then
      living[#living + 1] = viewers[j]
      living[#living + 1] = viewers[j + 1]
    end
  end
  found[i] = living
end
return found
