/**
 * What tests of tasks stand on: rigs on one real Redis a file, closed after each test, and a task that says which
 * records it was given.
 */
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { z } from 'zod';
import { type Keys, keysOf } from '../redis/keys.ts';
import { defineTask, type TaskDefinition } from '../tasks/definition/defineTask.ts';
import { QUEUE_NAME } from '../tasks/store/queue.ts';
import { type Rig, type RigOptions, startRig } from './rig.ts';

export const ann = { id: 'ann', name: 'Ann' };
export const bo = { id: 'bo', name: 'Bo' };

const input = z.object({ ids: z.array(z.string()) });

/** Says which records it was given. */
export const reportingTask = (more: Partial<TaskDefinition<typeof input, unknown>> = {}) =>
  defineTask({
    name: 'reporting',
    input,
    records: ({ ids }) => ids.map((id) => `cities/${id}` as const),
    run: (ctx) => ({ records: [...ctx.records].sort() }),
    ...more,
  });

export interface TaskFixture {
  server(): TestRedis;
  rigOf(options: RigOptions): Promise<Rig>;
  /** The namespace as it lies in Redis */
  redisOf(namespace: string): { redis: Redis; keys: Keys };
  /** The queue as its own tools see it */
  queueOf(namespace: string): Queue;
  /** Once the task is in that state */
  reaches(
    rig: Rig,
    taskId: string,
    state: string,
  ): Promise<NonNullable<Awaited<ReturnType<Rig['rowlock']['tasks']['get']>>>>;
  closing(close: () => unknown): void;
}

/** For the top of a test file: `const { rigOf, reaches } = useTasks();` */
export function useTasks(): TaskFixture {
  let server: TestRedis;
  const closers: (() => unknown)[] = [];
  const closing = (close: () => unknown) => void closers.push(close);
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  return {
    server: () => server,
    closing,
    async rigOf(options) {
      const rig = await startRig(server, options);
      closing(() => rig.close());
      return rig;
    },
    redisOf(namespace) {
      const redis = new Redis(server.url);
      closing(() => redis.disconnect());
      return { redis, keys: keysOf(namespace) };
    },
    queueOf(namespace) {
      const queue = new Queue(QUEUE_NAME, {
        connection: { url: server.url },
        prefix: keysOf(namespace).bullPrefix,
      });
      closing(() => queue.close());
      return queue;
    },
    reaches: (rig, taskId, state) =>
      until(
        async () => {
          const task = await rig.rowlock.tasks.get(taskId);
          return task?.state === state ? task : undefined;
        },
        { what: `the task to be ${state}`, timeoutMs: 20_000 },
      ),
  };
}
