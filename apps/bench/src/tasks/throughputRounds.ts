/** One round of each system. It queues all jobs, then starts a worker, and measures the time until the last job ends. */
import { setTimeout as delay } from 'node:timers/promises';
import { defineTask, keysOf } from '@rowlock/server';
import { until } from '@rowlock/test-utils';
import { type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import Redlock from 'redlock';
import { z } from 'zod';
import { ACTOR, openTasks } from './openTasks.ts';

export interface Round {
  /** A connection to inspect Redis */
  redis: Redis;
  redisUrl: string;
  concurrency: number;
  jobs: number;
  workMs: number;
}

interface JobData {
  input: { id: number };
}

const NAMESPACE = 'throughput';
/** The settings of Rowlock's worker */
const WORKER = { lockDuration: 10_000, stalledInterval: 2_000, maxStalledCount: 5 };
const KEPT = { removeOnComplete: { count: 200 }, removeOnFail: { count: 200 } };
const LOCK_MS = 10_000;
const LIMIT_MS = 120_000;
const BATCH = 100;

const workFor = async (ms: number): Promise<void> => {
  if (ms > 0) await delay(ms);
};

/** @returns the time in ms */
export async function ownRound({ redis, redisUrl, concurrency, jobs, workMs }: Round): Promise<number> {
  const task = defineTask({
    name: 'work',
    input: z.object({ id: z.number() }),
    records: ({ id }) => [`cities/${id}`],
    run: () => workFor(workMs),
  });
  const rowlock = await openTasks(redisUrl, NAMESPACE, [task]);
  try {
    await inBatches(jobs, (id) => rowlock.tasks.launch(task, { id }, { actor: ACTOR }));
    const startedAt = performance.now();
    await rowlock.startWorker({ concurrency });
    const open = keysOf(NAMESPACE).openTasks;
    const isOver = async () => (await redis.scard(open)) === 0;
    await until(isOver, { what: 'the last task to end', timeoutMs: LIMIT_MS, intervalMs: 5 });
    return performance.now() - startedAt;
  } finally {
    await rowlock.close();
  }
}

/** Bare BullMQ: no locks, no state of its own. */
export const bareRound = (round: Round): Promise<number> => bullRound(round, () => workFor(round.workMs));

/** The key of the status that the peer keeps of a job, for a screen or an API. */
export const getStatusKey = (jobId: string): string => `status:${jobId}`;

/**
 * The system that an application would build on BullMQ, so that each job has its record alone and shows its status. It has `redlock`
 * around the job, a status hash written at its start and end, and one `updateProgress`.
 */
export async function peerRound(round: Round): Promise<number> {
  const redis = new Redis(round.redisUrl);
  const redlock = new Redlock([redis]);
  try {
    return await bullRound(round, (job) =>
      redlock.using([`cities:${job.data.input.id}`], LOCK_MS, async () => {
        const key = getStatusKey(job.id!);
        await redis.hset(key, { state: 'running', attempt: job.attemptsStarted, startedAt: Date.now() });
        await workFor(round.workMs);
        await job.updateProgress(100);
        await redis.hset(key, { state: 'completed', endedAt: Date.now() });
      }),
    );
  } finally {
    redis.disconnect();
  }
}

async function bullRound(
  { redisUrl, concurrency, jobs }: Round,
  run: (job: Job<JobData>) => Promise<void>,
): Promise<number> {
  const connection = { url: redisUrl, maxRetriesPerRequest: null };
  const queue = new Queue<JobData, void, string>('bench', { connection, defaultJobOptions: KEPT });
  try {
    await inBatches(jobs, (id) => queue.add('work', { input: { id } }));
    const startedAt = performance.now();
    const worker = new Worker<JobData, void, string>('bench', run, { connection, concurrency, ...WORKER });
    try {
      await allCompleted(worker, jobs);
      return performance.now() - startedAt;
    } finally {
      await worker.close();
    }
  } finally {
    await queue.close();
  }
}

/** Resolves when all jobs are completed. Rejects if a job fails, because the measured time would mean nothing. */
function allCompleted(worker: Worker<JobData, void, string>, jobs: number): Promise<void> {
  let completed = 0;
  return new Promise((resolve, reject) => {
    worker.on('completed', () => {
      completed += 1;
      if (completed === jobs) resolve();
    });
    worker.on('failed', (_job, error) => reject(error));
  });
}

async function inBatches(count: number, add: (id: number) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < count; first += BATCH) {
    const ids = Array.from({ length: Math.min(BATCH, count - first) }, (_, i) => first + i);
    await Promise.all(ids.map(add));
  }
}
