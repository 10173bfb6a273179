/**
 * The first progress after a pause: from the call in the worker to the callback in the client. The floor is the same by
 * hand: one XADD in the worker, one XREAD and one `socket.emit` in the server.
 */
import { median, quantile, rounded } from '../../report/statistics.ts';
import type { Reported, WorkerCalls } from '../processes/worker.ts';
import { startRemote } from '../remote/remote.ts';
import type { Arrival } from '../screens/screenState.ts';
import { pageOf } from '../screens/table.ts';
import { type LiveRun, startBareServer, startRowlockServer, withOwned } from './liveRun.ts';

export interface FirstProgress {
  samples: number;
  pauseMs: number;
  /** Median and 99th percentile */
  ownMs: number;
  ownP99Ms: number;
  byHandMs: number;
  byHandP99Ms: number;
  /** Rowlock's median divided by that of the floor */
  ratio: number;
}

const NAMESPACE = 'first';

/** Each task has a screen of its own, so that no screen hears of another task during the pause. */
export function firstProgress(
  { redisUrl, table, processes }: LiveRun,
  { tasks, rounds, pauseMs }: { tasks: number; rounds: number; pauseMs: number },
): Promise<FirstProgress> {
  return withOwned(async (own) => {
    const [server, bare] = await Promise.all([
      own(startRowlockServer({ redisUrl, namespace: NAMESPACE }), (one) => one.stop()),
      own(startBareServer({ table, redisUrl }), (one) => one.stop()),
    ]);
    const worker = await own(
      startRemote<WorkerCalls>(new URL('../processes/worker.ts', import.meta.url), {
        ...{ redisUrl, namespace: NAMESPACE, concurrency: tasks },
      }),
      (one) => one.stop(),
    );
    const common = { table, count: tasks };
    const fleet = await own(
      processes.connect({ ...common, fleet: 'own', isBare: false, url: await server.call('url') }),
      (one) => one.disconnect(),
    );
    const bareFleet = await own(
      processes.connect({ ...common, fleet: 'bare', isBare: true, url: await bare.call('url') }),
      (one) => one.disconnect(),
    );
    const ids = await worker.call(
      'launch',
      Array.from({ length: tasks }, (_, screen) => pageOf(screen, table).slice(0, 1)),
    );
    await fleet.restart();
    const reported = await worker.call('bursts', { ids, rounds, pauseMs });
    // A last pause, in which the last report arrives.
    await worker.call('bursts', { ids: [], rounds: 0, pauseMs });
    return summary(
      pauseMs,
      delays(reported.own, (await fleet.arrivals()).flat()),
      delays(reported.byHand, (await bareFleet.arrivals()).flat()),
    );
  });
}

/** From each report to the first arrival of its value. @throws {Error} if one never arrives */
export function delays(reports: readonly Reported[], arrivals: readonly Arrival[]): number[] {
  const first = new Map<string, number>();
  for (const { taskId, done, atMs } of arrivals) {
    const key = `${taskId} ${done}`;
    first.set(key, Math.min(atMs, first.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return reports.map(({ taskId, done, atMs }) => {
    const arrivedAtMs = first.get(`${taskId} ${done}`);
    if (arrivedAtMs === undefined) throw new Error(`The progress ${done} of task ${taskId} never arrived.`);
    return arrivedAtMs - atMs;
  });
}

function summary(pauseMs: number, own: number[], byHand: number[]): FirstProgress {
  return {
    samples: own.length,
    pauseMs,
    ownMs: rounded(median(own)),
    ownP99Ms: rounded(quantile(own, 0.99)),
    byHandMs: rounded(median(byHand)),
    byHandP99Ms: rounded(quantile(byHand, 0.99)),
    ratio: rounded(median(own) / median(byHand)),
  };
}
