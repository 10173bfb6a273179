/** A worker of an application: tasks that report their progress when the bench says so. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRowlock, defineTask, type RecordKey, type TaskContext } from '@rowlock/server';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { monotonicMs } from '../monotonicMs.ts';
import { serveCalls } from '../remote/serveCalls.ts';
import { BY_HAND_STREAM } from './byHandStream.ts';

export interface WorkerSettings {
  redisUrl: string;
  namespace: string;
  /** Tasks that run at once */
  concurrency: number;
}

/** When a task reported a value. */
export interface Reported {
  atMs: number;
  taskId: string;
  done: number;
}

const ACTOR = { id: 'bench', name: 'Bench' };
const STEADY_EVERY_MS = 5;

const { redisUrl, namespace, concurrency } = JSON.parse(process.argv[2]!) as WorkerSettings;
const running = new Map<string, TaskContext>();
let onStarted = () => {};

const task = defineTask({
  name: 'work',
  input: z.object({ records: z.array(z.string()) }),
  records: ({ records }) => records as RecordKey[],
  async run(ctx) {
    running.set(ctx.taskId, ctx);
    onStarted();
    // Until the process ends.
    await new Promise(() => {});
  },
});
const rowlock = createRowlock({
  redis: redisUrl,
  namespace,
  resources: ['cities'],
  tasks: [task],
  auth: { authenticate: () => ACTOR, authorize: () => true },
});
await rowlock.start();
await rowlock.startWorker({ concurrency });
const redis = new Redis(redisUrl);

/** Launches a task for each of these lists of records, and waits until all of them run. */
async function launch(recordsOfTasks: RecordKey[][]): Promise<string[]> {
  const ids: string[] = [];
  for (const records of recordsOfTasks)
    ids.push((await rowlock.tasks.launch(task, { records }, { actor: ACTOR })).task.id);
  await new Promise<void>((resolve) => {
    onStarted = () => ids.every((id) => running.has(id)) && resolve();
    onStarted();
  });
  return ids;
}

/**
 * Reports one unit of each task in turn, and between them one by hand for the same screen. `pauseMs` passes between two
 * reports of a task.
 */
async function bursts({ ids, rounds, pauseMs }: { ids: string[]; rounds: number; pauseMs: number }) {
  const own: Reported[] = [];
  const byHand: Reported[] = [];
  const slotMs = pauseMs / ids.length;
  await sleep(pauseMs);
  for (let round = 1; round <= rounds; round++) {
    for (const [screen, taskId] of ids.entries()) {
      own.push({ atMs: monotonicMs(), taskId, done: round });
      running.get(taskId)!.progress.advance();
      await sleep(slotMs / 2);
      byHand.push({ atMs: monotonicMs(), taskId, done: round });
      void redis.xadd(BY_HAND_STREAM, '*', 'screen', screen, 'task', taskId, 'done', round);
      await sleep(slotMs / 2);
    }
  }
  return { own, byHand };
}

/** Reports the ms since `startedAtMs` as units, in small steps. So a value contains the time when the worker had it. */
async function steady({ id, forMs }: { id: string; forMs: number }): Promise<{ startedAtMs: number }> {
  const { progress } = running.get(id)!;
  const startedAtMs = monotonicMs();
  for (let done = 0; done < forMs; ) {
    const now = Math.floor(monotonicMs() - startedAtMs);
    progress.advance(now - done);
    done = now;
    await sleep(STEADY_EVERY_MS);
  }
  return { startedAtMs };
}

const calls = { launch, bursts, steady };
export type WorkerCalls = typeof calls;
await serveCalls(calls);
