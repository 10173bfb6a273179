-- One heartbeat of a running attempt, with its reports: progress, failed records, log lines, and finished records. These have
-- changed, and are released. A repetition, after a lost answer, changes nothing.
-- Input   taskId, leaseId, secret, progress (JSON, or ''),
--         how many records have failed in this attempt ('' if no more than before), number of failed records that follow.
--         Then the number of the first log line within the attempt, the number of log lines that follow,
--         the number of this report of finished records within the attempt (from 1).
--         Then record and error of each failed record, '<age in ms> <text>' of each line,
--         and chunks of finished records (the last record of the lease stays)
-- Output  { 'alive', cancel requested (0 | 1) }, or { 'lost' } if this attempt may no longer act
-- Events  progress (apart from the change log), changed, freed, task if it seemed to have no worker
-- @include include/attempts.lua
-- @include include/children.lua
-- @include include/taskChanges.lua
-- @include ../../../locks/registry/lua/include/releaseRecords.lua
-- @include ../../../locks/registry/lua/include/writable.lua
local taskId, leaseId, secret, progress, failedCount = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local failedRows, firstLine, lines, report = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local MOST_FAILED, MOST_LINES = 10000, 200
if not acts(taskId, leaseId, secret) then return { 'lost' } end
local key = taskKey(taskId)
local done = unpackChunks(10 + 2 * failedRows + lines)
if #done > 0 then
  readBlocked(leaseId)
  openMemoryOnce()
end

beginWithDelete()
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
if #done > 0 or failedRows > 0 then redis.call('HSET', key, 'reportsRows', 1) end
local position = 10

if failedRows > 0 then
  local failed = prefix .. 'failed:' .. taskId
  local room = MOST_FAILED - redis.call('HLEN', failed)
  for _ = 1, failedRows do
    local record, reason = ARGV[position], ARGV[position + 1]
    position = position + 2
    if room > 0 or redis.call('HEXISTS', failed, record) == 1 then
      room = room - redis.call('HSET', failed, record, reason)
    end
  end
end

if lines > 0 then
  local log = prefix .. 'tasklog:' .. taskId
  local logged, now = tonumber(redis.call('HGET', key, 'logged') or 0), tonumber(nowMs())
  for number = firstLine, firstLine + lines - 1 do
    if number > logged then
      local age, text = string.match(ARGV[position], '^(%d+) (.*)$')
      redis.call('RPUSH', log, asInteger(now - tonumber(age)) .. ' ' .. text)
    end
    position = position + 1
  end
  redis.call('LTRIM', log, -MOST_LINES, -1)
  redis.call('HSET', key, 'logged', firstLine + lines - 1)
end

local fields = redis.call('HMGET', key, 'hasWorker', 'cancelRequested', 'openChildren', 'parentId')
if failedCount ~= '' then redis.call('HSET', key, 'failedCount', failedCount) end
if progress ~= '' then
  redis.call('HSET', key, 'progress', progress)
  if fields[3] then noteFraction(taskId) end
  if fields[4] then reportToParent(taskId) end
end
if #done > 0 then
  if report > tonumber(redis.call('HGET', key, 'reported') or 0) then
    if mayWrite(leaseId) then noteTaskChange(taskId, done) end
    redis.call('HSET', key, 'reported', report)
  end
  local before = tonumber(redis.call('HGET', leaseKey(leaseId), 'count'))
  local finished = before - releaseRecords(leaseId, done, true)
  if finished > 0 then redis.call('HINCRBY', key, 'finishedCount', asInteger(finished)) end
end
if progress ~= '' or failedCount ~= '' or #done > 0 then publishProgress(taskId) end
if fields[1] == '0' then changeTask(taskId, 'running', 'worker-changed', 'hasWorker', 1) end
return { 'alive', tonumber(fields[2]) }
