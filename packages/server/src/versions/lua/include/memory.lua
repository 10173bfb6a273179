-- The memory of changes: which records were changed, and at which version of the namespace.
-- @include ../../../locks/registry/lua/include/epoch.lua

-- A version is the time in microseconds since 2024, or one more than the last version if that is higher. So versions rise,
-- and fit in 2^53 until 2309.
--
-- The memory is a ring of four buckets. A bucket is two hashes: `changed:<slot>` has the newest version of each record, and
-- `changes:<slot>` describes each of these versions. The newest bucket gets all changes for a third of `keepMs`, or until it
-- is full. Then the next slot is cleared and used. Redis deletes a bucket when its newest change is `keepMs` old.
--
-- `floor` is the version up to which changes may be forgotten. A screen that loaded its data before the floor must load again.
local SLOTS = 4
local SPANS = SLOTS - 1
local DEFAULT_KEEP_MS, DEFAULT_MAX_RECORDS = 86400000, 1000000
-- A restarted Redis may have lost its newest versions, and its clock may go back. Then versions continue this far (in
-- microseconds) above the last known one.
local LOST_MARGIN = 60000000

local function versionsKey() return prefix .. 'versions' end
local function changedKey(slot) return prefix .. 'changed:' .. slot end
local function changesKey(slot) return prefix .. 'changes:' .. slot end

local function microsecondsNow()
  local time = redis.call('TIME')
  return (tonumber(time[1]) - BEGINNING) * 1000000 + tonumber(time[2])
end

-- The version up to which changes are forgotten because Redis no longer has their bucket: it has expired, or was evicted.
local function forgetMissing(memory)
  memory.slots = {}
  for back = 0, SLOTS - 1 do
    local slot = (memory.newest - back) % SLOTS
    local last = memory.lastOf[slot]
    if last and redis.call('EXISTS', changedKey(slot)) == 1 then
      memory.slots[#memory.slots + 1] = slot
    elseif last then
      memory.floor = math.max(memory.floor, last)
    end
  end
end

-- Reads what the memory reaches. If Redis has restarted, it may have lost the newest changes, so nothing before is certain.
-- Call it before the first write of a script: it enters the epoch.
-- Input   run_id, `met` or '' (epoch.lua)
-- Output  { last, floor, newest (the slot in use), lastOf (slot → its newest version), slots (newest first), … }
local function openMemory(hint)
  local _, runId = enterEpoch(false, hint)
  local fields = redis.call('HMGET', versionsKey(), 'run', 'last', 'floor', 'newest', 'beganMs', 'keepMs', 'maxRecords',
    'last:0', 'last:1', 'last:2', 'last:3')
  local memory = {
    runId = runId,
    last = tonumber(fields[2] or 0),
    floor = tonumber(fields[3] or 0),
    newest = tonumber(fields[4] or 0),
    beganMs = tonumber(fields[5] or 0),
    keepMs = tonumber(fields[6] or DEFAULT_KEEP_MS),
    maxRecords = tonumber(fields[7] or DEFAULT_MAX_RECORDS),
    lastOf = {},
  }
  for slot = 0, SLOTS - 1 do memory.lastOf[slot] = tonumber(fields[8 + slot] or nil) end
  if fields[1] ~= runId then
    local beyond = fields[2] and memory.last + LOST_MARGIN or 0
    memory.last = math.max(beyond, microsecondsNow())
    memory.floor = memory.last
    redis.call('HSET', versionsKey(), 'run', runId, 'last', asInteger(memory.last), 'floor', asInteger(memory.floor))
  end
  forgetMissing(memory)
  return memory
end

-- The newest versions of records, in their order: `<version>` or `<version> <newest version by somebody else>`, or false.
local function readChanged(memory, fields)
  local first = memory.slots[1]
  if not first then return {} end
  local values = redis.call('HMGET', changedKey(first), unpack(fields))
  for position = 2, #memory.slots do
    local open, indexes = {}, {}
    for i, field in ipairs(fields) do
      if not values[i] then
        open[#open + 1] = field
        indexes[#indexes + 1] = i
      end
    end
    if #open == 0 then break end
    local older = redis.call('HMGET', changedKey(memory.slots[position]), unpack(open))
    for i, index in ipairs(indexes) do values[index] = older[i] end
  end
  return values
end

-- A changed record's version, and the newest one by somebody else than that version's author (0 if nobody else has changed it).
local function parseChanged(value)
  local version, other = string.match(value, '^(%d+) ?(%d*)$')
  return version, other == '' and '0' or other
end

-- The description of a version (JSON), or nil.
local descriptions = {}
local function describeVersion(memory, version)
  if descriptions[version] == nil then
    descriptions[version] = false
    for _, slot in ipairs(memory.slots) do
      if tonumber(version) <= memory.lastOf[slot] then
        local json = redis.call('HGET', changesKey(slot), version)
        if json then
          descriptions[version] = json
          break
        end
      end
    end
  end
  return descriptions[version] or nil
end
