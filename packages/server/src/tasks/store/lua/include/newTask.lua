-- Stores a new task. The arguments of the task come first: taskId, its idempotency key or '' (`<name>:<key>`), delay (ms),
-- the longest wait for its records (ms, or ''), the number of fields and values that follow, and these.
-- @include changes.lua

-- Output  the task's arguments. Further arguments follow after ARGV[last]
local function readTask()
  return { id = ARGV[1], idem = ARGV[2], delayMs = tonumber(ARGV[3]), waitMs = tonumber(ARGV[4]), last = 5 + ARGV[5] }
end

-- Nil if the task's idempotency key is free or its own. Otherwise the answer of the script: the key's task is `known`, or
-- `reserved` by a launch that has not stored it yet.
local function refusalOfKey(task)
  if task.idem == '' then return nil end
  local other = redis.call('HGET', prefix .. 'idem', task.idem)
  if not other or other == task.id then return nil end
  return { 'refused', redis.call('EXISTS', taskKey(other)) == 1 and 'known' or 'reserved', other }
end

-- The position of a new task in the order of launches: the time in µs, but at least one more than that of the task launched
-- before. So no two tasks share one, and the order holds if the clock goes back.
local function nextLaunch(createdAt)
  local last = redis.call('ZREVRANGE', prefix .. 'tasks', 0, 0, 'WITHSCORES')[2]
  return asInteger(math.max(tonumber(createdAt) * 1000, tonumber(last or 0) + 1))
end

-- Output  the task's position in the order of launches
local function writeNewTask(task, state, leaseId, createdAt, count)
  local key, order = taskKey(task.id), nextLaunch(createdAt)
  redis.call('HSET', key, 'leaseId', leaseId, 'createdAt', createdAt, 'launchOrder', order, 'recordCount', count, 'attempt', 0,
    'hasWorker', 1, 'cancelRequested', 0, 'progress', '{"done":0,"total":null}', 'state', state, 'version', 1, unpack(ARGV, 6, task.last))
  if task.delayMs > 0 then redis.call('HSET', key, 'notBefore', asInteger(tonumber(createdAt) + task.delayMs)) end
  if task.waitMs then redis.call('HSET', key, 'waitUntil', asInteger(tonumber(createdAt) + task.waitMs)) end
  if task.idem ~= '' then
    redis.call('HSET', key, 'idem', task.idem)
    redis.call('HSET', prefix .. 'idem', task.idem, task.id)
  end
  redis.call('ZADD', prefix .. 'tasks', order, task.id)
  redis.call('SADD', prefix .. 'open', task.id)
  append('kind', 'task', 'task', task.id, 'state', state, 'event', 'created', 'version', 1)
  return order
end
