/** What tasks cost beside bare BullMQ: launching, telling progress, running. On one Redis in one run. */
import { startRedis } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { describeMachine, isBusy, type Machine } from '../machine.ts';
import { type LaunchCost, launchCost } from './launchCost.ts';
import { type ProgressCost, progressCost } from './progressCost.ts';
import { type Throughput, throughput } from './throughput.ts';

export interface TaskPlan {
  launchRounds: number;
  progressRounds: number;
  progressUnits: number;
  throughputRounds: number;
  jobs: number;
  concurrencies: readonly number[];
  /** What a task waits for */
  worksMs: readonly number[];
}

export const TASK_PLAN: TaskPlan = {
  launchRounds: 400,
  progressRounds: 7,
  progressUnits: 100_000,
  throughputRounds: 5,
  jobs: 2_000,
  concurrencies: [1, 10],
  worksMs: [0, 2],
};

export const QUICK_TASK_PLAN: TaskPlan = {
  launchRounds: 40,
  progressRounds: 3,
  progressUnits: 10_000,
  throughputRounds: 1,
  jobs: 300,
  concurrencies: [10],
  worksMs: [0, 2],
};

export interface TaskReport {
  machine: Machine;
  launches: LaunchCost[];
  progress: ProgressCost;
  throughputs: Throughput[];
}

export async function benchTasks(plan: TaskPlan, say: (line: string) => void): Promise<TaskReport> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  try {
    const machine = await describeMachine(redis);
    if (isBusy(machine)) {
      say(`This machine is busy with other work (load ${machine.loadBefore}): expect larger numbers.`);
    }
    const launches: LaunchCost[] = [];
    for (const records of [1, 1_000]) {
      say(`Launching with ${records} records: ${plan.launchRounds} rounds`);
      launches.push(await launchCost({ redisUrl: server.url, records, rounds: plan.launchRounds }));
      await redis.flushall();
    }
    say(`Telling progress: ${plan.progressRounds} rounds of ${plan.progressUnits} units`);
    const progress = await progressCost({
      redisUrl: server.url,
      rounds: plan.progressRounds,
      units: plan.progressUnits,
    });
    const throughputs: Throughput[] = [];
    const { throughputRounds: rounds, jobs } = plan;
    for (const workMs of plan.worksMs) {
      for (const concurrency of plan.concurrencies) {
        say(`Running ${jobs} tasks of ${workMs} ms, ${concurrency} at once: ${rounds} rounds`);
        const options = { concurrency, workMs, rounds, jobs };
        throughputs.push(await throughput({ redis, redisUrl: server.url, ...options }));
      }
    }
    return { machine, launches, progress, throughputs };
  } finally {
    redis.disconnect();
    await server.stop();
  }
}
