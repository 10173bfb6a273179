-- Which of some leases cover a record, or covered it. Reads their lists, in force or ended.
-- Input   resource, id, then lease ids
-- Output  { leaseId, … }
local prefix, resource, id = KEYS[1], ARGV[1], ARGV[2]
local needle = '\n' .. id .. '\n'
local found = {}

local function isOn(key)
  for _, chunk in ipairs(redis.call('LRANGE', key, 0, -1)) do
    local name = string.match(chunk, '^%^?([^\n]+)')
    if name == resource and string.find(chunk .. '\n', needle, 1, true) then return true end
  end
  return false
end

for position = 3, #ARGV do
  local leaseId = ARGV[position]
  if isOn(prefix .. 'ids:' .. leaseId) or isOn(prefix .. 'was:' .. leaseId) then found[#found + 1] = leaseId end
end
return found
