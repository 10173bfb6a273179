/**
 * Calls one subscriber for as long as this process leads it. It reads the log from the stored position, calls the
 * subscriber, and stores the new position after each call. Delivery is at least once: if the process crashes between the
 * two, the call is repeated.
 */
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { TaskStore } from '../tasks/store/taskStore.ts';
import { createDelivery } from './delivery.ts';
import { createDeliveryLoop } from './deliveryLoop.ts';
import { createLeadKeeper, type Lead } from './leadKeeper.ts';
import { createOutage } from './outage.ts';
import type { PositionStore } from './positionStore.ts';
import { createProgressNews } from './progressNews.ts';
import type { Subscriber, SubscriberState } from './subscriber.ts';

const CHECK_INTERVAL_MS = 1_000;
const DEFAULT_TIMEOUT_MS = 30_000;
/** How long a running call may take when this process closes. */
const CLOSE_LIMIT_MS = 3_000;

export interface SubscriberRunner {
  /** Resolves when the subscriber has a stored position, or when Redis cannot store one now. */
  begin(): Promise<void>;
  /** The log has news. */
  nudge(): void;
  /** Redis can be reached again: checks the lead now, before the next interval. */
  checkNow(): void;
  /** A task's progress has news. */
  progressed(taskId: string, at: number): void;
  status(): Promise<SubscriberState>;
  close(): Promise<void>;
}

export function createSubscriberRunner(parts: {
  name: string;
  subscriber: Subscriber;
  positions: PositionStore;
  store: TaskStore;
  clock: Clock;
  logger: Logger;
}): SubscriberRunner {
  const { name, subscriber, positions, clock, logger } = parts;
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  const progress = createProgressNews();
  const outage = createOutage(name, logger);
  const keeper = createLeadKeeper({ ...parts, progress, outage, isClosing });
  const deliver = createDelivery({
    ...{ keeper, outage, clock, closing: closing.signal },
    timeoutMs: subscriber.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    getState: () => positions.get(name),
  });
  const loop = createDeliveryLoop({
    ...{ deliver, keeper, progress, isClosing, clock },
    onFailed: report('cannot continue now. The next check tries again'),
  });
  let maintaining: Promise<void> | undefined;
  let stopMaintaining = () => {};
  let isBegun = false;

  function maintain(): Promise<void> {
    const failed = report('cannot be called now. The next check tries again');
    maintaining ??= keeper
      .maintain()
      .then(loop.nudge, failed)
      .finally(() => {
        maintaining = undefined;
      });
    return maintaining;
  }

  /** The tail of the log has already reported that Redis cannot be reached. */
  function report(words: string): (error: unknown) => void {
    return (error) => {
      if (!(error instanceof UnavailableError)) logger.error(`subscribers "${name}" ${words}`, error);
    };
  }

  return {
    async begin() {
      if (isBegun) return;
      isBegun = true;
      stopMaintaining = clock.every(CHECK_INTERVAL_MS, maintain);
      await maintain();
    },
    nudge: loop.nudge,
    checkNow() {
      if (isBegun && !isClosing()) void maintain();
    },
    progressed(taskId, at) {
      if (!keeper.current() || !subscriber.onTask) return;
      progress.note(taskId, at);
      loop.nudge();
    },
    status: async () => describeStatus(name, await positions.get(name), keeper.current() !== undefined),
    async close() {
      stopMaintaining();
      loop.stop();
      closing.abort();
      const mine = keeper.current();
      const isLate = await waitOut(mine, Promise.all([loop.ended(), maintaining]), clock);
      if (isLate)
        logger.warn(
          `subscribers "${name}": a call had not ended when this process closed. It is repeated, here or elsewhere`,
        );
      if (mine && mine === keeper.current()) await keeper.release(mine);
    },
  };
}

/** Waits for the running call, and stops it after the limit. True if it was stopped. */
async function waitOut(lead: Lead | undefined, ended: Promise<unknown>, clock: Clock): Promise<boolean> {
  let isLate = false;
  const cancelLimit = clock.after(CLOSE_LIMIT_MS, () => {
    isLate = true;
    lead?.stop.abort(
      new Error('This process closes, and the call has not ended in time. It will be called again.'),
    );
  });
  await ended;
  cancelLimit();
  return isLate;
}

function describeStatus(
  name: string,
  { position, behind, failingSince, failure }: Awaited<ReturnType<PositionStore['get']>>,
  isLeading: boolean,
): SubscriberState {
  return {
    name,
    behind,
    isLeading,
    ...(position !== undefined && { position }),
    ...(failingSince !== undefined && { failingSince }),
    ...(failure !== undefined && { lastError: failure }),
  };
}
