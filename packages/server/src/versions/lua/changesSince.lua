-- Which of some records have changed after a version, and what the memory reaches.
-- Input   run_id, `met` or '', version, then packed fields: record keys, and `^` with a record for all that is below it
-- Output  { newest version, floor, run_id, { field, version, newest version by somebody else, … }, { version, JSON, … } }
-- Events  epoch if Redis has restarted
-- @include include/memory.lua
local hint, since = ARGV[1], tonumber(ARGV[2])
local memory = openMemory(hint)
local changed, described, isDescribed = {}, {}, {}

local function describe(version)
  if tonumber(version) <= since or isDescribed[version] then return end
  isDescribed[version] = true
  local json = describeVersion(memory, version)
  if not json then return end
  described[#described + 1] = version
  described[#described + 1] = json
end

-- Outside of these bounds, nothing can be said of a single record.
if since >= memory.floor and since < memory.last then
  for position = 3, #ARGV do
    local fields = {}
    for field in string.gmatch(ARGV[position], '[^\n]+') do fields[#fields + 1] = field end
    for i, value in ipairs(readChanged(memory, fields)) do
      if value then
        local version, other = parseChanged(value)
        if tonumber(version) > since then
          changed[#changed + 1], changed[#changed + 2], changed[#changed + 3] = fields[i], version, other
          describe(version)
          describe(other)
        end
      end
    end
  end
end
return { asInteger(memory.last), asInteger(memory.floor), memory.runId, changed, described }
