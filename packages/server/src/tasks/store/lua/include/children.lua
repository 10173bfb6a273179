-- Children: tasks that run under another one's lease, and count in its progress.
-- @include changes.lua

-- Progress goes beside the change log: only the latest counts, and it evicts nothing there.
local PROGRESS_LENGTH = 1000
local function publishProgress(taskId)
  local key = taskKey(taskId)
  redis.call('HSET', key, 'version', versionAfter(redis.call('HGET', key, 'version')))
  redis.call('XADD', prefix .. 'progress', 'MAXLEN', '~', PROGRESS_LENGTH, '*', 'task', taskId)
end

-- How many units a task has done, and has in all, with its children's. One that has not said weighs its records, one that
-- has only children nothing of its own; and what has ended is done.
local function unitsOf(taskId)
  local fields = redis.call('HMGET', taskKey(taskId), 'state', 'progress', 'recordCount', 'unitsOfChildren',
    'doneByChildren')
  local progress = cjson.decode(fields[2])
  local childTotal, childDone = tonumber(fields[4] or 0), tonumber(fields[5] or 0)
  local done, total = tonumber(progress.done) or 0, tonumber(progress.total)
  if not total then
    done, total = 0, childTotal > 0 and 0 or math.max(1, tonumber(fields[3]))
  end
  done, total = done + childDone, total + childTotal
  if FINAL[fields[1]] then done = total end
  return done, total
end

-- How far a parent has come with its children. It is never shown to go back.
local function noteFraction(taskId)
  local done, total = unitsOf(taskId)
  local fraction = total > 0 and math.max(0, math.min(1, done / total)) or 0
  if fraction > tonumber(redis.call('HGET', taskKey(taskId), 'fraction') or 0) then
    redis.call('HSET', taskKey(taskId), 'fraction', fraction)
  end
end

-- What a child's units have changed by since they were last told goes up to its parent, and on to its parent's parent.
local function reportToParent(taskId)
  local key = taskKey(taskId)
  local fields = redis.call('HMGET', key, 'parentId', 'reportedUnits', 'reportedDone')
  local parentId = fields[1]
  if not parentId or not stateOf(parentId) then return end
  local done, total = unitsOf(taskId)
  local moreUnits, moreDone = total - tonumber(fields[2] or 0), done - tonumber(fields[3] or 0)
  if moreUnits == 0 and moreDone == 0 then return end
  redis.call('HSET', key, 'reportedUnits', total, 'reportedDone', done)
  redis.call('HINCRBYFLOAT', taskKey(parentId), 'unitsOfChildren', moreUnits)
  redis.call('HINCRBYFLOAT', taskKey(parentId), 'doneByChildren', moreDone)
  if FINAL[stateOf(parentId)] then return end
  noteFraction(parentId)
  publishProgress(parentId)
  reportToParent(parentId)
end

-- A new child, which has been written down.
local function addChild(parentId, taskId)
  redis.call('SADD', prefix .. 'children:' .. parentId, taskId)
  redis.call('HINCRBY', taskKey(parentId), 'openChildren', 1)
  reportToParent(taskId)
end
