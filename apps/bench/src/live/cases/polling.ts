/**
 * The live channel against polling: the same screens, of which each asks for its view every second over HTTP. In both a
 * bulk lock is acquired and released in the same time, on the rows of four screens of five.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { mean, median, rounded } from '../../report/statistics.ts';
import { monotonicMs } from '../monotonicMs.ts';
import type { PollersCalls } from '../processes/pollers.ts';
import type { RowlockServerCalls } from '../processes/rowlockServer.ts';
import { type Remote, startRemote } from '../remote/remote.ts';
import type { Shown } from '../screens/screenState.ts';
import { type BulkLocks, type LiveRun, openBulkLocks, startRowlockServer, withOwned } from './liveRun.ts';

export interface Watched {
  /** CPU of the server, bytes of all connections in both directions, and the mean time until a screen shows a change */
  cpuMs: number;
  bytes: number;
  delayMs: number;
}

export interface PollingCost {
  screens: number;
  everyMs: number;
  forMs: number;
  rounds: number;
  /** Medians over the rounds */
  live: Watched;
  polling: Watched;
  /** The medians over the rounds of polling divided by the live channel, in the same round */
  ratios: Watched;
  /** Polls without a view: the server was too busy to answer them in time */
  failedPolls: number;
}

/** The lock is acquired and released at these parts of the time. */
const LOCKED_AT = 0.2;
const FREED_AT = 0.6;

interface Watchers {
  untilShown(shown: Shown): Promise<{ timesMs: number[] }>;
  bytes(): Promise<number>;
}

export function polling(
  { redisUrl, table, processes, say }: LiveRun,
  { screens, rounds, forMs, everyMs }: { screens: number; rounds: number; forMs: number; everyMs: number },
): Promise<PollingCost> {
  return withOwned(async (own) => {
    const open = async (namespace: string) => ({
      server: await own(startRowlockServer({ redisUrl, namespace }), (one) => one.stop()),
      locks: await own(openBulkLocks(redisUrl, namespace, table), (one) => one.close()),
    });
    const live = await open('live');
    const polled = await open('polled');
    const fleet = await own(
      processes.connect({
        fleet: 'own',
        isBare: false,
        url: await live.server.call('url'),
        table,
        count: screens,
      }),
      (one) => one.disconnect(),
    );
    const pollers = await own(
      startRemote<PollersCalls>(new URL('../processes/pollers.ts', import.meta.url)),
      (one) => one.stop(),
    );
    const url = await polled.server.call('url');
    const found: { live: Watched; polling: Watched }[] = [];
    let failedPolls = 0;
    for (let round = 1; round <= rounds; round++) {
      const ofLive = await watch({ ...live, watchers: fleet, forMs });
      await pollers.call('start', { url, table, everyMs, first: 0, count: screens });
      await sleep(2 * everyMs); // connects and warms up
      const watchers: Watchers = {
        untilShown: (shown) => pollers.call('untilShown', shown),
        bytes: () => pollers.call('bytes'),
      };
      const ofPolling = await watch({ ...polled, watchers, forMs });
      failedPolls += await pollers.call('stop');
      found.push({ live: ofLive, polling: ofPolling });
      say(`  round ${round} of ${rounds}`);
    }
    return { screens, everyMs, forMs, rounds, ...summary(found), failedPolls };
  });
}

async function watch(options: {
  server: Remote<RowlockServerCalls>;
  locks: BulkLocks;
  watchers: Watchers;
  forMs: number;
}): Promise<Watched> {
  const { server, locks, watchers, forMs } = options;
  const startedAtMs = monotonicMs();
  const until = (part: number) => sleep(Math.max(0, startedAtMs + part * forMs - monotonicMs()));
  const [cpuBefore, bytesBefore] = [await server.call('cpuMs'), await watchers.bytes()];

  await until(LOCKED_AT);
  const lockedAtMs = monotonicMs();
  const lease = await locks.lock();
  const locked = await watchers.untilShown('locked');
  await until(FREED_AT);
  const freedAtMs = monotonicMs();
  await lease.release();
  const freed = await watchers.untilShown('free');
  await until(1);
  return {
    cpuMs: (await server.call('cpuMs')) - cpuBefore,
    bytes: (await watchers.bytes()) - bytesBefore,
    delayMs: mean([
      ...locked.timesMs.map((atMs) => atMs - lockedAtMs),
      ...freed.timesMs.map((atMs) => atMs - freedAtMs),
    ]),
  };
}

export function summary(
  rounds: readonly { live: Watched; polling: Watched }[],
): Pick<PollingCost, 'live' | 'polling' | 'ratios'> {
  const middle = (read: (round: { live: Watched; polling: Watched }) => number) =>
    rounded(median(rounds.map(read)));
  const each = (read: (key: keyof Watched) => number): Watched => ({
    cpuMs: read('cpuMs'),
    bytes: read('bytes'),
    delayMs: read('delayMs'),
  });
  return {
    live: each((key) => middle(({ live }) => live[key])),
    polling: each((key) => middle((round) => round.polling[key])),
    ratios: each((key) => middle((round) => round.polling[key] / round.live[key])),
  };
}
