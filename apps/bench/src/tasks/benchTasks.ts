/** The cost of tasks: launching, reporting progress, and how many complete in a second. All in one run on one Redis. */
import { startRedis } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { describeMachine, isBusy, type Machine } from '../machine.ts';
import { type LaunchCost, launchCost } from './launchCost.ts';
import { type ProgressCost, progressCost } from './progressCost.ts';
import { type Throughput, type ThroughputCase, throughput } from './throughput.ts';

export interface TaskPlan {
  launchRounds: number;
  progressRounds: number;
  progressUnits: number;
  throughputRounds: number;
  throughputCases: readonly ThroughputCase[];
}

export const TASK_PLAN: TaskPlan = {
  launchRounds: 400,
  progressRounds: 7,
  progressUnits: 100_000,
  throughputRounds: 7,
  throughputCases: [
    { workMs: 0, concurrency: 1, jobs: 1_000 },
    { workMs: 0, concurrency: 10, jobs: 2_000 },
    { workMs: 2, concurrency: 1, jobs: 300 },
    { workMs: 2, concurrency: 10, jobs: 1_500 },
    { workMs: 10, concurrency: 10, jobs: 1_000 },
  ],
};

export const QUICK_TASK_PLAN: TaskPlan = {
  launchRounds: 40,
  progressRounds: 3,
  progressUnits: 10_000,
  throughputRounds: 1,
  throughputCases: [
    { workMs: 0, concurrency: 10, jobs: 300 },
    { workMs: 2, concurrency: 10, jobs: 300 },
  ],
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
      say(
        `This machine is busy with other work (load ${machine.loadBefore}). Times will be larger. Run again when it is idle.`,
      );
    }
    const launches: LaunchCost[] = [];
    for (const records of [1, 1_000]) {
      say(`Launching with ${records} records: ${plan.launchRounds} rounds`);
      launches.push(await launchCost({ redisUrl: server.url, records, rounds: plan.launchRounds }));
      await redis.flushall();
    }
    say(`Reporting progress: ${plan.progressRounds} rounds of ${plan.progressUnits} units`);
    const progress = await progressCost({
      redisUrl: server.url,
      rounds: plan.progressRounds,
      units: plan.progressUnits,
    });
    const { throughputCases: cases, throughputRounds: rounds } = plan;
    say(`Completing tasks: ${rounds} rounds of ${cases.length} cases`);
    const throughputs = await throughput({
      redis,
      redisUrl: server.url,
      cases,
      rounds,
      onRound: (done, of) => say(`  round ${done} of ${of}`),
    });
    return { machine, launches, progress, throughputs };
  } finally {
    redis.disconnect();
    await server.stop();
  }
}
