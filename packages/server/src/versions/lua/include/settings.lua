-- The settings of the memory belong to the namespace, since scripts of every process write to it.
-- @include memory.lua

-- Stores the settings of this process if they differ; '' keeps the last given one.
local function keepSettings(memory, keepMs, maxRecords)
  if keepMs ~= '' and tonumber(keepMs) ~= memory.keepMs then
    redis.call('HSET', versionsKey(), 'keepMs', keepMs)
    memory.keepMs = tonumber(keepMs)
  end
  if maxRecords ~= '' and tonumber(maxRecords) ~= memory.maxRecords then
    redis.call('HSET', versionsKey(), 'maxRecords', maxRecords)
    memory.maxRecords = tonumber(maxRecords)
  end
end
