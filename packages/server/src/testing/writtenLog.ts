/** A change log that a test writes by hand, and subscribers that are told of it: all of one name, `set`. */
import type { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../clock.ts';
import { keysOf } from '../redis/keys.ts';
import { createPositionStore } from '../subscribers/positionStore.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';
import { createSubscriberRunner, type SubscriberRunner } from '../subscribers/subscriberRunner.ts';
import { createTaskStore } from '../tasks/store/taskStore.ts';
import { newNamespace } from './rig.ts';

export async function writeLog(redis: Redis) {
  const keys = keysOf(newNamespace());
  const positions = createPositionStore(redis, keys);
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const runners: SubscriberRunner[] = [];

  async function add(...fields: string[]): Promise<string> {
    const cursor = await redis.xadd(keys.log, '*', ...fields);
    for (const runner of runners) runner.nudge();
    return cursor!;
  }
  const epoch = await add('kind', 'epoch', 'epoch', '1');

  return {
    keys,
    positions,
    logged,
    /** The place of its first entry */
    epoch,
    add,
    addTask: (taskId: string, event: string, version: number) =>
      add('kind', 'task', 'task', taskId, 'state', 'running', 'event', event, 'version', String(version)),
    addRelease: (leaseId: string) => add('kind', 'released', 'lease', leaseId, 'reason', 'ended'),
    /** Takes from the log all that came before `cursor`. */
    trimTo: (cursor: string) => redis.xtrim(keys.log, 'MINID', cursor),
    /** A running task as it is written down, of which the log says nothing. The n-th that was launched. */
    async writeTask(taskId: string, n: number) {
      const task = { state: 'running', name: 'task', label: taskId, actor: '{}', progress: '{}', version: 1 };
      await redis.hset(keys.task(taskId), task);
      await redis.zadd(keys.tasks, n, taskId);
    },
    /** Where the set stands, as it is written down. */
    place: async () => (await positions.look('set')).cursor,
    open(set: Subscriber, clock: Clock = systemClock): SubscriberRunner {
      const store = createTaskStore(redis, keys);
      const logger = { info() {}, warn: log, error: log };
      const runner = createSubscriberRunner({ name: 'set', set, positions, store, clock, logger });
      runners.push(runner);
      onTestFinished(() => runner.close());
      return runner;
    },
  };
}
