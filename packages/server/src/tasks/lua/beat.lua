-- One heartbeat of a running attempt, with its progress where that has changed.
-- Input   taskId, leaseId, secret, progress (JSON, or '')
-- Output  { 'alive', cancel requested (0 | 1) }, or { 'lost' } where this attempt may not act any more
-- Events  progress (apart from the change log), task where nobody seemed to work on it
-- @include include/tasks.lua
local taskId, leaseId, secret, progress = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local PROGRESS_LENGTH = 1000
if stateOf(taskId) ~= 'running' or not proves(leaseId, secret) then return { 'lost' } end

local key = taskKey(taskId)
redis.call('HINCRBY', prefix .. 'hb', leaseId, 1)
if progress ~= '' then
  redis.call('HSET', key, 'progress', progress)
  redis.call('HINCRBY', key, 'version', 1)
  redis.call('XADD', prefix .. 'progress', 'MAXLEN', '~', PROGRESS_LENGTH, '*', 'task', taskId)
end
local fields = redis.call('HMGET', key, 'attended', 'cancelRequested')
if fields[1] == '0' then changeTask(taskId, 'running', 'attended', 'attended', 1) end
return { 'alive', tonumber(fields[2]) }
