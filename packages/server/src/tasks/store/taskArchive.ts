/** The stored data of a task that is not in its view: its launch, its failed records and its own log. */
import type { FailedRecord, RecordKey, TaskState } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { askRedis } from '../../redis/askRedis.ts';
import type { Keys } from '../../redis/keys.ts';
import type { RetryOptions } from '../definition/defineTask.ts';
import type { JobOptions } from './queue.ts';

/** The records of a task that failed. */
export interface TaskFailures {
  /** The number of failed records */
  total: number;
  /** At most the first 10,000 of them, in the order of their keys */
  failures: readonly FailedRecord[];
}

/** A line that a task wrote to its log. */
export interface TaskLogLine {
  /** Unix time in ms by the Redis server's clock, for display only */
  at: number;
  /** The text, on one line */
  text: string;
}

/** The launch of a stored task. */
interface FormerLaunch {
  name: string;
  state: TaskState;
  input: unknown;
  tags: readonly string[];
  options: { retry: RetryOptions; priority?: number };
}

export interface TaskArchive {
  /** Undefined if the task is unknown. */
  findLaunch(taskId: string): Promise<FormerLaunch | undefined>;
  failures(taskId: string): Promise<TaskFailures>;
  /** Oldest first. */
  log(taskId: string): Promise<TaskLogLine[]>;
}

export function createTaskArchive(redis: Redis, keys: Keys): TaskArchive {
  return {
    async findLaunch(taskId) {
      const values = await askRedis(() =>
        redis.hmget(keys.task(taskId), 'name', 'state', 'input', 'opts', 'tags'),
      );
      const [name, state, input, opts, tags] = values;
      if (!name || !state || !input || !opts) return undefined;
      const { attempts, backoffMs, priority } = JSON.parse(opts) as JobOptions;
      return {
        name,
        state: state as TaskState,
        input: JSON.parse(input) as unknown,
        tags: tags ? (JSON.parse(tags) as string[]) : [],
        options: { retry: { attempts, backoffMs }, ...(priority !== undefined && { priority }) },
      };
    },

    async failures(taskId) {
      const [rows, count] = await askRedis(() =>
        Promise.all([
          redis.hgetall(keys.failedRecords(taskId)),
          redis.hget(keys.task(taskId), 'failedCount'),
        ]),
      );
      const failures = Object.entries(rows).map(([record, error]) => ({
        record: record as RecordKey,
        error,
      }));
      failures.sort((a, b) => (a.record < b.record ? -1 : 1));
      return { total: Math.max(Number(count ?? 0), failures.length), failures };
    },

    async log(taskId) {
      const lines = await askRedis(() => redis.lrange(keys.taskLog(taskId), 0, -1));
      return lines.map((line) => {
        const space = line.indexOf(' ');
        return { at: Number(line.slice(0, space)), text: line.slice(space + 1) };
      });
    },
  };
}
