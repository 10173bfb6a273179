/** The live channel: how soon a change reaches the screens, how many of them, and at what cost. Each part has servers and screens in processes of their own. */
import { startRedis } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { describeMachine, isBusy } from '../machine.ts';
import { connectionMemory } from './cases/connectionMemory.ts';
import { firstProgress } from './cases/firstProgress.ts';
import { type LiveRun, withOwned } from './cases/liveRun.ts';
import { messageCost } from './cases/messageCost.ts';
import { polling } from './cases/polling.ts';
import { reach } from './cases/reach.ts';
import { steadyProgress } from './cases/steadyProgress.ts';
import { startScreenProcesses } from './fleet/screenFleet.ts';
import { LIVE_CASES, type LiveCase, type LivePlan } from './livePlan.ts';
import type { LiveReport } from './liveReport.ts';
import { readOpenFileLimit, roomForScreens } from './screens/screenRoom.ts';

export interface BenchLiveOptions {
  plan: LivePlan;
  cases?: readonly LiveCase[];
  say: (line: string) => void;
}

export async function benchLive({
  plan: wanted,
  cases = LIVE_CASES,
  say,
}: BenchLiveOptions): Promise<LiveReport> {
  const { plan, limitedBy } = fitPlan(wanted);
  if (limitedBy) say(limitedBy);
  return withOwned(async (own) => {
    const server = await own(startRedis(), (one) => one.stop());
    const redis = await own(Promise.resolve(new Redis(server.url)), async (one) => one.disconnect());
    const processes = await own(startScreenProcesses(plan.screenProcesses), (one) => one.stop());
    const machine = await describeMachine(redis);
    if (isBusy(machine)) {
      say(
        `This machine is busy with other work (load ${machine.loadBefore} on ${machine.cores} cores). Times will be larger, and bars may be missed. Run again when it is idle.`,
      );
    }
    const report: LiveReport = {
      machine,
      ...(limitedBy !== undefined && { limitedBy }),
      ...{ first: null, steady: null, message: null, memory: null, reach: null, polling: null },
    };
    const run: LiveRun = { redisUrl: server.url, table: plan.table, processes, say };
    for (const name of LIVE_CASES.filter((one) => cases.includes(one))) {
      say(TITLES[name]);
      Object.assign(report, { [name]: await PARTS[name](run, plan) });
      await redis.flushall();
    }
    return report;
  });
}

const TITLES: Record<LiveCase, string> = {
  first: 'First progress after a pause',
  steady: 'Steady progress',
  message: 'CPU of a message',
  memory: 'Memory of a connection',
  reach: 'Time until a bulk lock reaches all screens',
  polling: 'The live channel against polling',
};

const PARTS: { [C in LiveCase]: (run: LiveRun, plan: LivePlan) => Promise<LiveReport[C]> } = {
  first: (run, { first }) => firstProgress(run, first),
  steady: (run, { steady }) => steadyProgress(run, steady),
  message: (run, { message }) => messageCost(run, message),
  memory: (run, { memory }) => connectionMemory(run, memory),
  reach: (run, plan) => reach(run, plan.reach),
  polling: (run, plan) => polling(run, plan.polling),
};

/** The same plan, with as many screens as this machine has room for. */
function fitPlan(plan: LivePlan): { plan: LivePlan; limitedBy?: string } {
  const room = roomForScreens(plan.reach.screens, {
    openFiles: readOpenFileLimit(),
    memoryBytes: process.availableMemory(),
  });
  const fit = <Part extends { screens: number }>(part: Part): Part => ({
    ...part,
    screens: Math.min(part.screens, room.screens),
  });
  return {
    plan: {
      ...plan,
      steady: fit(plan.steady),
      message: fit(plan.message),
      memory: fit(plan.memory),
      reach: fit(plan.reach),
      polling: fit(plan.polling),
    },
    ...(room.limitedBy !== undefined && { limitedBy: room.limitedBy }),
  };
}
