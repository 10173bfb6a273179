-- The final end of a task, and of its lease, in one step.
-- Input   taskId, by, proof, state, error, result (JSON), progress (JSON); the last three may be ''
--         by 'attempt': proof is the attempt's secret
--         by 'observer': proof is the heartbeat at which the lease was seen to stand still, '' where there is none
--         by 'queue': the task must not have started
-- Output  1, or 0 where it has ended before, or the proof does not hold
-- Events  task, released
-- @include include/tasks.lua
local taskId, by, proof, state = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local before = stateOf(taskId)
if not before or FINAL[before] then return 0 end

local leaseId = redis.call('HGET', taskKey(taskId), 'leaseId')
local holds = false
if by == 'attempt' then
  holds = before == 'running' and proves(leaseId, proof)
elseif by == 'observer' then
  holds = (redis.call('HGET', prefix .. 'hb', leaseId) or '') == proof
elseif by == 'queue' then
  holds = before == 'queued' or before == 'retrying'
end
if not holds then return 0 end

local fields = { 'attended', 1 }
for i, name in ipairs({ 'error', 'result', 'progress' }) do
  if ARGV[4 + i] ~= '' then
    fields[#fields + 1] = name
    fields[#fields + 1] = ARGV[4 + i]
  end
end
endTask(taskId, state, unpack(fields))
return 1
