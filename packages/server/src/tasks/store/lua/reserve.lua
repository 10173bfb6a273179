-- Reserves an idempotency key for a launch in several steps, before it acquires records.
-- Input   key (`<name>:<key>`), taskId, the task whose reservation is taken over, or ''
-- Output  { 'own' }, or { 'known' | 'reserved', taskId } if another task has it
-- @include include/changes.lua
local idem, taskId, evicted = ARGV[1], ARGV[2], ARGV[3]
local other = redis.call('HGET', prefix .. 'idem', idem)
if other and other ~= taskId then
  if redis.call('EXISTS', taskKey(other)) == 1 then return { 'known', other } end
  if other ~= evicted then return { 'reserved', other } end
end
redis.call('HSET', prefix .. 'idem', idem, taskId)
return { 'own' }
