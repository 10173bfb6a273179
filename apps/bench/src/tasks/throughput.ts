/**
 * How many tasks are completed in a second, beside as many jobs of bare BullMQ by a worker alike that does the same; and
 * beside jobs whose worker calls an empty script of Redis before each and another after it, which whoever checks a job
 * against its locks and settles it must do at least.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { defineTask, keysOf } from '@rowlock/server';
import { until } from '@rowlock/test-utils';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { median, rounded } from '../report/statistics.ts';
import { ACTOR, openTasks } from './openTasks.ts';

export interface Throughput {
  concurrency: number;
  /** How long each waits, as for the answer of a database; 0 for one that does nothing */
  workMs: number;
  tasksPerSecond: number;
  bareJobsPerSecond: number;
  /** Of jobs with an empty script before and after */
  scriptedJobsPerSecond: number;
}

const NAMESPACE = 'throughput';
/** As Rowlock's worker has them. */
const WORKER = { lockDuration: 10_000, stalledInterval: 2_000, maxStalledCount: 5 };
const KEPT = { removeOnComplete: { count: 200 }, removeOnFail: { count: 200 } };
const LIMIT_MS = 120_000;

/** Rounds in turns, on an empty Redis each: all is queued first, and the time runs from the worker's start to the last end. */
export async function throughput({
  redis,
  redisUrl,
  concurrency,
  workMs,
  rounds,
  jobs,
}: {
  redis: Redis;
  redisUrl: string;
  concurrency: number;
  workMs: number;
  rounds: number;
  jobs: number;
}): Promise<Throughput> {
  const work = workMs === 0 ? async () => {} : () => delay(workMs);
  const rates = { own: [] as number[], bare: [] as number[], scripted: [] as number[] };
  const turns = {
    own: () => ownRound(redis, redisUrl, { concurrency, jobs, work }),
    bare: () => bareRound(redisUrl, { concurrency, jobs, work }),
    scripted: () => scriptedRound(redisUrl, { concurrency, jobs, work }),
  };
  for (let round = 0; round <= rounds; round++) {
    const names = ['own', 'bare', 'scripted'] as const;
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      await redis.flushall();
      const ms = await turns[name]();
      // The first round warms up.
      if (round > 0) rates[name].push((jobs / ms) * 1_000);
    }
  }
  return {
    concurrency,
    workMs,
    tasksPerSecond: rounded(median(rates.own)),
    bareJobsPerSecond: rounded(median(rates.bare)),
    scriptedJobsPerSecond: rounded(median(rates.scripted)),
  };
}

interface Round {
  concurrency: number;
  jobs: number;
  work(): Promise<unknown>;
}

async function ownRound(redis: Redis, redisUrl: string, { concurrency, jobs, work }: Round): Promise<number> {
  const task = defineTask({
    name: 'work',
    input: z.object({ id: z.number() }),
    records: ({ id }) => [`cities/${id}`],
    run: async () => {
      await work();
    },
  });
  const rowlock = await openTasks(redisUrl, NAMESPACE, [task]);
  try {
    for (let id = 0; id < jobs; id++) await rowlock.tasks.launch(task, { id }, { actor: ACTOR });
    const startedAt = performance.now();
    await rowlock.work({ concurrency });
    const open = keysOf(NAMESPACE).openTasks;
    const isOver = async () => (await redis.scard(open)) === 0;
    await until(isOver, { what: 'the last task to end', timeoutMs: LIMIT_MS, intervalMs: 5 });
    return performance.now() - startedAt;
  } finally {
    await rowlock.close();
  }
}

async function bareRound(redisUrl: string, { concurrency, jobs, work }: Round): Promise<number> {
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  const queue = new Queue('bare', { connection, defaultJobOptions: KEPT });
  try {
    for (let id = 0; id < jobs; id++) await queue.add('work', { input: { id } });
    const startedAt = performance.now();
    const worker = new Worker('bare', async () => void (await work()), {
      connection,
      concurrency,
      ...WORKER,
    });
    let done = 0;
    await new Promise<void>((resolve) => {
      worker.on('completed', () => {
        done += 1;
        if (done === jobs) resolve();
      });
    });
    const ms = performance.now() - startedAt;
    await worker.close();
    return ms;
  } finally {
    await queue.close();
  }
}

/** The second call is sent and not waited for, as Rowlock does with the end of a task that has nothing else to say. */
async function scriptedRound(redisUrl: string, { concurrency, jobs, work }: Round): Promise<number> {
  const redis = new Redis(redisUrl);
  try {
    const sha = (await redis.script('LOAD', 'return 1')) as string;
    const ends: Promise<unknown>[] = [];
    const ms = await bareRound(redisUrl, {
      concurrency,
      jobs,
      async work() {
        await redis.evalsha(sha, 0);
        await work();
        ends.push(redis.evalsha(sha, 0));
      },
    });
    await Promise.all(ends);
    return ms;
  } finally {
    redis.disconnect();
  }
}
