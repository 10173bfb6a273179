/** Assembles the worker process. */
import { join } from 'node:path';
import { createRowlock } from '@rowlock/server';
import type { Gazetteer } from '../db/openDatabase.ts';
import { NAMESPACE, RESOURCES, reachRedis } from '../rowlockSetup.ts';
import { allTasks } from '../tasks/allTasks.ts';

export interface WorkerOptions {
  db: Gazetteer;
  redisUrl: string;
  dataDir: string;
  paceMs: number;
}

export async function startWorker({
  db,
  redisUrl,
  dataDir,
  paceMs,
}: WorkerOptions): Promise<{ close(): Promise<void> }> {
  const rowlock = createRowlock({
    redis: redisUrl,
    namespace: NAMESPACE,
    resources: RESOURCES,
    tasks: allTasks({ db, exportsDir: join(dataDir, 'exports'), paceMs, now: Date.now }),
    // Without `auth`, because this process only runs the tasks that the api launched.
  });
  await reachRedis(rowlock);
  const worker = await rowlock.startWorker({ concurrency: 2 });
  return {
    async close() {
      await worker.close();
      await rowlock.close();
    },
  };
}
