/**
 * Calls one subscriber for as long as this process leads it. It reads the log from the stored position, calls the
 * subscriber, and stores the new position after each call. Delivery is at least once: if the process crashes between the
 * two, the call is repeated.
 */
import { randomUUID } from 'node:crypto';
import type { LogPosition } from '../changeLog/entry.ts';
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { TaskStore } from '../tasks/store/taskStore.ts';
import { callSubscriber, pauseMs } from './callSubscriber.ts';
import { createOutage } from './outage.ts';
import type { PositionStore } from './positionStore.ts';
import { createProgressNews } from './progressNews.ts';
import { createReader, type Reader } from './readAhead.ts';
import type { Subscriber, SubscriberState } from './subscriber.ts';
import { createSteps, type Step } from './subscriberSteps.ts';

const LOOK_INTERVAL_MS = 1_000;
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

/** The state of this process while it leads the subscriber. */
interface Lead {
  reader: Reader;
  /** The next steps, in order */
  waiting: Step[];
  /** The subscriber has received everything up to here. Undefined until it has received its `begun` gap */
  reportedTo?: LogPosition | undefined;
  /** The subscriber was called since the position was stored */
  hasNotified: boolean;
  stop: AbortController;
}

export function createSubscriberRunner(parts: {
  name: string;
  subscriber: Subscriber;
  positions: PositionStore;
  store: TaskStore;
  clock: Clock;
  logger: Logger;
}): SubscriberRunner {
  const { name, subscriber, positions, store, clock, logger } = parts;
  const token = randomUUID();
  const timeoutMs = subscriber.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const progress = createProgressNews();
  const outage = createOutage(name, logger);
  let lead: Lead | undefined;
  /** This process has seen a stored position. If no position is stored now, Redis has lost it. */
  let hadPosition = false;
  let lane: Promise<void> | undefined;
  let hasNews = false;
  let maintaining: Promise<void> | undefined;
  let cancelNextTurn = () => {};
  let stopMaintaining = () => {};
  let isBegun = false;
  const closing = new AbortController();

  function maintain(): Promise<void> {
    maintaining ??= maintainOnce().finally(() => {
      maintaining = undefined;
    });
    return maintaining;
  }

  async function maintainOnce(): Promise<void> {
    try {
      if (lead) await keep(lead);
      // This includes a lead that expired during an outage of Redis: perhaps no other process wants it.
      if (!lead) await acquireLead();
      nudge();
    } catch (error) {
      // The tail of the log has already reported that Redis cannot be reached.
      if (!(error instanceof UnavailableError))
        logger.error(`subscribers "${name}" cannot be called now. The next check tries again`, error);
    }
  }

  async function acquireLead(): Promise<void> {
    const taken = await positions.acquireLead(
      name,
      token,
      hadPosition ? 'start' : (subscriber.from ?? 'now'),
    );
    hadPosition = true;
    if (!taken) return;
    if (closing.signal.aborted) return positions.releaseLead(name, token);
    outage.forget();
    const { position, hasBegun } = taken;
    const steps = createSteps({
      subscriber,
      getTask: async (taskId) => (await store.getMany([taskId]))[0],
      taskIds: positions.taskIds,
    });
    lead = {
      reader: createReader(position, {
        steps,
        positions,
        progress,
        getTasks: store.getMany,
        onUnreadable: (unreadable, error) =>
          logger.error(
            `subscribers "${name}": entry ${unreadable} of the log cannot be read and is skipped`,
            error,
          ),
      }),
      waiting: hasBegun ? [...steps.gap('begun', position), { what: 'the beginning', position }] : [],
      reportedTo: hasBegun ? undefined : position,
      hasNotified: false,
      stop: new AbortController(),
    };
  }

  async function keep(mine: Lead): Promise<void> {
    if (await positions.save(name, token, mine.reportedTo, outage.failure())) return;
    if (lead === mine) lead = undefined;
    mine.stop.abort(
      new Error('Another process calls this subscriber now. Stop this call: the other process repeats it.'),
    );
  }

  function nudge(): void {
    hasNews = true;
    lane ??= run().finally(() => {
      lane = undefined;
      if (hasNews && lead && !closing.signal.aborted) nudge();
    });
  }

  async function run(): Promise<void> {
    while (hasNews && lead && !closing.signal.aborted) {
      hasNews = false;
      const mine = lead;
      try {
        await work(mine);
      } catch (error) {
        if (!(error instanceof UnavailableError))
          logger.error(`subscribers "${name}" cannot continue now. The next check tries again`, error);
        return;
      }
    }
  }

  async function work(mine: Lead): Promise<void> {
    while (lead === mine && !closing.signal.aborted) {
      if (mine.waiting.length === 0) mine.waiting = await mine.reader.read(clock.nowMs());
      const [step] = mine.waiting;
      if (!step) return waitForProgress();
      if (!(await tell(mine, step))) continue;
      const next = step.followedBy ? await step.followedBy() : [];
      mine.waiting.splice(0, 1, ...next);
      if (!step.position) continue;
      mine.reportedTo = step.position;
      // A position that was reached without a call is stored with the next one, or at the end of the batch.
      if (!mine.hasNotified && mine.waiting.length > 0) continue;
      mine.hasNotified = false;
      await keep(mine);
    }
  }

  function waitForProgress(): void {
    const nextMs = progress.untilNextMs(clock.nowMs());
    cancelNextTurn();
    if (nextMs !== undefined) cancelNextTurn = clock.after(nextMs, nudge);
  }

  /** False if the step must be repeated. */
  async function tell(mine: Lead, step: Step): Promise<boolean> {
    const call = await step.prepare?.();
    if (!call) return true;
    try {
      await callSubscriber(call, timeoutMs, mine.stop.signal, clock);
    } catch (error) {
      if (mine.stop.signal.aborted) return false;
      if (!step.isBestEffort) {
        const isNew = outage.failed(step.what, error);
        await keep(mine).catch(() => {});
        if (isNew) await outage.report(positions.get(name));
        await pause(pauseMs(outage.failures()), mine);
        return false;
      }
      outage.failedOnce(step.what, error);
      return true;
    }
    outage.over(step);
    if (!step.isBestEffort) mine.hasNotified = true;
    return true;
  }

  function pause(ms: number, mine: Lead): Promise<void> {
    return new Promise((resolve) => {
      const stop = AbortSignal.any([mine.stop.signal, closing.signal]);
      const cancel = clock.after(ms, resolve);
      stop.addEventListener('abort', () => {
        cancel();
        resolve();
      });
      if (stop.aborted) resolve();
    });
  }

  return {
    async begin() {
      if (isBegun) return;
      isBegun = true;
      stopMaintaining = clock.every(LOOK_INTERVAL_MS, maintain);
      await maintain();
    },
    nudge,

    checkNow() {
      if (isBegun && !closing.signal.aborted) void maintain();
    },

    progressed(taskId, at) {
      if (!lead || !subscriber.onTask) return;
      progress.note(taskId, at);
      nudge();
    },

    async status() {
      const { position, behind, failingSince, failure } = await positions.get(name);
      return {
        name,
        behind,
        isLeading: lead !== undefined,
        ...(position !== undefined && { position }),
        ...(failingSince !== undefined && { failingSince }),
        ...(failure !== undefined && { lastError: failure }),
      };
    },

    async close() {
      stopMaintaining();
      cancelNextTurn();
      closing.abort();
      const mine = lead;
      let isLate = false;
      const limit = clock.after(CLOSE_LIMIT_MS, () => {
        isLate = true;
        mine?.stop.abort(
          new Error('This process closes, and the call has not ended in time. It will be called again.'),
        );
      });
      await Promise.all([lane, maintaining]);
      limit();
      if (isLate)
        logger.warn(
          `subscribers "${name}": a call had not ended when this process closed. It is repeated, here or elsewhere`,
        );
      if (!mine || mine !== lead) return;
      lead = undefined;
      try {
        await keep(mine);
        await positions.releaseLead(name, token);
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
      }
    },
  };
}
