-- Redis can answer reads and refuse writes: out of memory, a failing disk, too few replicas, a replica of its own. Most
-- reasons stop every write. Out of memory, Redis refuses only commands that may need more memory, and only as the first
-- write of a script. A script that begins with a delete runs.

-- For a script that ends a lease without a renewal: Redis refuses it whenever it may refuse a renewal.
local function proveWritable()
  redis.call('HSET', prefix .. 'meta', 'writable', 1)
end

-- For a renewal, which needs no memory: a holder keeps its lease if Redis is out of memory. No lease has this name.
local function beginWithDelete()
  redis.call('HDEL', prefix .. 'hb', '')
end
