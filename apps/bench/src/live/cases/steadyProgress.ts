/** A task that advances all the time, and many screens that show it: how often they change, and how old they are. */
import { median, quantile, rounded } from '../../report/statistics.ts';
import type { WorkerCalls } from '../processes/worker.ts';
import { startRemote } from '../remote/remote.ts';
import { shownAges, updateRate } from '../screens/shownAges.ts';
import { lockedRecords } from '../screens/table.ts';
import { type LiveRun, startRowlockServer, withOwned } from './liveRun.ts';

export interface SteadyProgress {
  screens: number;
  /** Screens that show rows of the task */
  watching: number;
  forMs: number;
  /** Of the median screen */
  updatesPerSecond: number;
  /** The age of the shown value, over all screens and the whole time */
  ageMs: number;
  ageP99Ms: number;
}

const NAMESPACE = 'steady';
/** The start is another case. */
const WARM_UP_MS = 1_000;

export function steadyProgress(
  { redisUrl, table, processes }: LiveRun,
  { screens, forMs }: { screens: number; forMs: number },
): Promise<SteadyProgress> {
  return withOwned(async (own) => {
    const settings = { redisUrl, namespace: NAMESPACE };
    const server = await own(startRowlockServer(settings), (one) => one.stop());
    const worker = await own(
      startRemote<WorkerCalls>(new URL('../processes/worker.ts', import.meta.url), {
        ...{ ...settings, concurrency: 1 },
      }),
      (one) => one.stop(),
    );
    const url = await server.call('url');
    const fleet = await own(
      processes.connect({ fleet: 'own', isBare: false, url, table, count: screens }),
      (one) => one.disconnect(),
    );
    const [id] = await worker.call('launch', [lockedRecords(table)]);
    await fleet.untilShown('locked');
    await fleet.restart();
    const { startedAtMs } = await worker.call('steady', { id: id!, forMs: forMs + WARM_UP_MS });
    const fromMs = startedAtMs + WARM_UP_MS;
    const untilMs = fromMs + forMs;
    const all = await fleet.arrivals();
    const ages = all.flatMap((arrivals) =>
      shownAges(arrivals, { fromMs, untilMs, workerMsOf: (done) => startedAtMs + done }),
    );
    const rates = all.map((arrivals) =>
      updateRate(arrivals.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)),
    );
    return {
      screens,
      watching: all.length,
      forMs,
      updatesPerSecond: rounded(median(rates)),
      ageMs: rounded(median(ages)),
      ageP99Ms: rounded(quantile(ages, 0.99)),
    };
  });
}
