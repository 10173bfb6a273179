-- Children: tasks that run under their parent's lease, and count in its progress.
-- @include changes.lua

-- Progress has a stream of its own: only the latest counts, and it must not evict entries of the change log.
local PROGRESS_LENGTH = 1000
local function publishProgress(taskId)
  local key = taskKey(taskId)
  redis.call('HSET', key, 'version', versionAfter(redis.call('HGET', key, 'version')))
  redis.call('XADD', prefix .. 'progress', 'MAXLEN', '~', PROGRESS_LENGTH, '*', 'task', taskId)
end

-- The units that a task has done, and its total, including its children. A task without a total counts one unit for each
-- record, or none if it has children. A task that has ended is done.
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

-- Stores the fraction of a parent with its children. It never goes back.
local function noteFraction(taskId)
  local done, total = unitsOf(taskId)
  local fraction = total > 0 and math.max(0, math.min(1, done / total)) or 0
  if fraction > tonumber(redis.call('HGET', taskKey(taskId), 'fraction') or 0) then
    redis.call('HSET', taskKey(taskId), 'fraction', fraction)
  end
end

-- Adds the change of a child's units since its last report to its parent, and so on upwards.
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

-- Registers a new child that has been stored.
local function addChild(parentId, taskId)
  redis.call('SADD', prefix .. 'children:' .. parentId, taskId)
  redis.call('HINCRBY', taskKey(parentId), 'openChildren', 1)
  reportToParent(taskId)
end
