-- Redis can answer reads and refuse writes: out of memory, a disk that fails, too few replicas, a replica of its own. Most
-- reasons stop every write. Out of memory it refuses only a command that may need more memory, and only as the first write
-- of a script: a script that begins with a delete is run.

-- For a script that ends a lease because of its silence: it is refused whenever a holder may be.
local function proveWritable()
  redis.call('HSET', prefix .. 'meta', 'writable', 1)
end

-- For a heartbeat, which needs no memory: a holder keeps its lease although Redis has none left. No lease has this name.
local function beginWithDelete()
  redis.call('HDEL', prefix .. 'hb', '')
end
