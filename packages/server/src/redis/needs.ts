/**
 * The commands that a Redis user must be allowed to run, as Redis's ACL names them. `needs.test.ts` reads them out of all
 * scripts and sources, so that none can be forgotten here.
 */

/** For `createLocks`: asked by scripts of `locks` and `log`, and by this process itself. */
export const LOCK_COMMANDS = words(`
  DEL EVAL EVALSHA EXISTS GET HDEL HEXISTS HGET HGETALL HINCRBY HKEYS HLEN HMGET HSET INCR INFO LINDEX LLEN LMOVE LPOP
  LRANGE PEXPIRE PUBLISH RENAME RPUSH SADD SCRIPT|LOAD SET SMEMBERS SREM SUBSCRIBE TIME UNLINK UNSUBSCRIBE XADD XRANGE XREAD XREVRANGE`);

/** For `createRowlock` as well: tasks, subscribers, metrics. */
export const TASK_COMMANDS = words(`
  HINCRBYFLOAT HSETNX LTRIM SCARD SISMEMBER ZADD ZCARD ZRANGE ZRANGEBYSCORE ZREM
  ZREVRANGEBYSCORE ZSCORE`);

/** For BullMQ, which runs the tasks. */
export const QUEUE_COMMANDS = words(`
  BZPOPMIN CLIENT|LIST CLIENT|SETNAME HMSET INCRBY LPOS LPUSH LREM LSET PERSIST PEXPIREAT PTTL RPOP RPOPLPUSH TYPE XDEL
  XLEN XTRIM ZCOUNT ZLEXCOUNT ZPOPMIN ZRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE`);

export const ALL_COMMANDS: readonly string[] = [...LOCK_COMMANDS, ...TASK_COMMANDS, ...QUEUE_COMMANDS];

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
