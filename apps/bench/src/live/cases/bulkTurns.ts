/** A bulk lock as screens see it: by Rowlock, and by a bare server that emits messages of the same size. */

import { largest } from '../../report/statistics.ts';
import type { ScreenFleet } from '../fleet/screenFleet.ts';
import { monotonicMs } from '../monotonicMs.ts';
import type { BareServerCalls } from '../processes/bareServer.ts';
import type { Seen } from '../processes/screens.ts';
import type { Remote } from '../remote/remote.ts';
import type { BulkLocks } from './liveRun.ts';

/** One lock or release, until the last concerned screen shows it. */
export interface Reached {
  lastMs: number;
  /** Messages to all screens since the last `restart` */
  messages: number;
  foreign: number;
}

/** Locks and releases the rows. The time of each begins with the call. */
export async function ownTurn(locks: BulkLocks, fleet: ScreenFleet): Promise<[Reached, Reached]> {
  const lockedAtMs = monotonicMs();
  const lease = await locks.lock();
  const locked = reachedIn(lockedAtMs, await fleet.untilShown('locked'));
  const freedAtMs = monotonicMs();
  await lease.release();
  return [locked, reachedIn(freedAtMs, await fleet.untilShown('free'))];
}

export async function bareTurn(
  bare: Remote<BareServerCalls>,
  fleet: ScreenFleet,
): Promise<[Reached, Reached]> {
  const lockedAtMs = monotonicMs();
  await bare.call('emit', 'locked');
  const locked = reachedIn(lockedAtMs, await fleet.untilShown('locked'));
  const freedAtMs = monotonicMs();
  await bare.call('emit', 'free');
  return [locked, reachedIn(freedAtMs, await fleet.untilShown('free'))];
}

/** Gives the bare server the two messages that the screens of Rowlock receive. */
export async function prepareBare(
  bare: Remote<BareServerCalls>,
  locks: BulkLocks,
  fleet: ScreenFleet,
): Promise<void> {
  const lease = await locks.lock();
  await fleet.untilShown('locked');
  const locked = await fleet.sample();
  await lease.release();
  await fleet.untilShown('free');
  await bare.call('prepare', { locked, free: await fleet.sample() });
}

const reachedIn = (sinceMs: number, { timesMs, messages, foreign }: Seen): Reached => ({
  lastMs: largest(timesMs) - sinceMs,
  messages,
  foreign,
});
