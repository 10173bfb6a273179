-- Writing a new task down. The arguments that tell of it come first: taskId, its idempotency key or '' (`<name>:<key>`),
-- delay (ms), how long it waits for its records at most (ms, or ''), how many fields and values follow, and these.
-- @include changes.lua

-- Takes the task's arguments off, so that what follows stands where a script expects its own.
local function takeTaskArguments()
  local id, idem, delayMs, waitMs, size = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
  local fields = {}
  for i = 1, size do fields[i] = ARGV[5 + i] end
  for i = 1, #ARGV do ARGV[i] = ARGV[5 + size + i] end
  return { id = id, idem = idem, delayMs = delayMs, waitMs = tonumber(waitMs), fields = fields }
end

-- Nil where the task's idempotency key is free or its own; else the answer that says whose it is: `known`, or
-- `reserved` by a launch that has not written its task down yet.
local function refusalOfKey(task)
  if task.idem == '' then return nil end
  local other = redis.call('HGET', prefix .. 'idem', task.idem)
  if not other or other == task.id then return nil end
  return { 'refused', redis.call('EXISTS', taskKey(other)) == 1 and 'known' or 'reserved', other }
end

local function writeNewTask(task, state, leaseId, createdAt, count)
  local fields = task.fields
  if task.delayMs > 0 then
    fields[#fields + 1] = 'notBefore'
    fields[#fields + 1] = asInteger(tonumber(createdAt) + task.delayMs)
  end
  if task.waitMs then
    fields[#fields + 1] = 'waitUntil'
    fields[#fields + 1] = asInteger(tonumber(createdAt) + task.waitMs)
  end
  if task.idem ~= '' then
    fields[#fields + 1] = 'idem'
    fields[#fields + 1] = task.idem
    redis.call('HSET', prefix .. 'idem', task.idem, task.id)
  end
  redis.call('HSET', taskKey(task.id), 'leaseId', leaseId, 'createdAt', createdAt, 'recordCount', count, 'attempt', 0,
    'attended', 1, 'cancelRequested', 0, 'progress', '{"done":0,"total":null}', 'state', state, 'version', 1,
    unpack(fields))
  redis.call('ZADD', prefix .. 'tasks', createdAt, task.id)
  redis.call('SADD', prefix .. 'open', task.id)
  append('kind', 'task', 'task', task.id, 'state', state, 'event', 'created', 'version', 1)
end
