/**
 * Settles tasks whose holder is gone, and notes which tasks have no worker. Every process runs a reconciler. Each write
 * compares the task with the state that was seen, so concurrent reconcilers are harmless.
 *
 * It asks the queue for the job of each task without heartbeats. Tasks with unfinished jobs keep their locks, however long
 * they wait. Tasks whose jobs have ended or vanished are settled after a second look that sees the same. The decisions are
 * in decide.ts, the reads and writes here.
 */
import type { Clock } from '../../../clock.ts';
import type { LockRegistry } from '../../../locks/registry/lockRegistry.ts';
import type { ExpiryObserver, SeenLease } from '../../../locks/upkeep/expiryObserver.ts';
import type { Revoker } from '../../../locks/upkeep/revoker.ts';
import type { Logger } from '../../../logger.ts';
import type { TaskQueue } from '../../store/queue.ts';
import { decide, listSuspects, NO_SUSPICIONS, type Pending, type Verdict } from './decide.ts';
import { createEnact } from './enact.ts';
import { createFateReader } from './fates.ts';
import { inSteps } from './inSteps.ts';
import { outcomeInWords, type ReconcilerOutcome } from './outcome.ts';
import type { ReconcilerStore } from './reconcilerStore.ts';
import { createRevocations, leaseEndedBy } from './revocations.ts';
import type { OpenTask, SupervisedLease } from './sight.ts';

const ROUND_INTERVAL_MS = 2_000;
const AT_ONCE = 50;

export interface ReconcilerDeps {
  store: ReconcilerStore;
  queue: TaskQueue;
  registry: LockRegistry;
  observer(): ExpiryObserver | undefined;
  /** Asks the application before a lease is ended. Absent if it need not be asked */
  revoker: Revoker | undefined;
  clock: Clock;
  logger: Logger;
}

/** The suspicions of one round. `onOutcome` reports what is done, now or after the application has answered. */
export interface Round {
  pending: Pending[];
  /** Leases that continue, since the application has not allowed to end them, and why */
  refused: Map<string, string>;
  /** As the observer saw them. Undefined if it has not looked yet */
  leases: readonly SeenLease[] | undefined;
}

export interface Reconciler {
  /**
   * Makes one round, after a round that may be running. `all`: reads the jobs of all tasks, including those with heartbeats.
   * @throws {UnavailableError}
   */
  round(options: { all: boolean }): Promise<Round>;
  /** The tasks that have not ended, as the last round saw them. Undefined before the first round. */
  openTasks(): readonly OpenTask[] | undefined;
  /** Calls `listener` for every action of this process's reconciler and observer. Returns a function that removes it. */
  onOutcome(listener: (outcome: ReconcilerOutcome) => void): () => void;
  close(): Promise<void>;
}

export function startReconciler(deps: ReconcilerDeps): Reconciler {
  const { store, queue, registry, observer, revoker, clock, logger } = deps;
  const listeners = new Set<(outcome: ReconcilerOutcome) => void>();
  const readFates = createFateReader(queue, clock);
  const enact = createEnact(store, registry);
  let suspicions = NO_SUSPICIONS;
  let openTasks: readonly OpenTask[] | undefined;

  function report(outcome: ReconcilerOutcome): void {
    logger.info(`reconciler: ${outcomeInWords(outcome)}`);
    for (const listener of listeners) listener(outcome);
  }
  const revocations = revoker && createRevocations({ revoker, observer, carryOut });
  const stopListening = observer()?.onExpired((lease, silentMs) => {
    const reason = `it has sent no heartbeat for ${Math.round(silentMs / 1_000)} s`;
    report({ subject: 'lease', id: lease.id, action: 'expired', reason });
  });

  async function round(all: boolean): Promise<Round> {
    const done: Round = { pending: [], refused: new Map(), leases: observer()?.seen() };
    // Before the observer has looked, every lease would seem to be gone.
    if (!done.leases) return done;
    const leases = listSupervised(done.leases);
    const { tasks, unknown } = await store.readOpen();
    openTasks = tasks;
    if (unknown.length > 0) {
      for (const id of await store.forget(unknown)) {
        report({ subject: 'task', id, action: 'forgotten', reason: 'it is no longer stored' });
      }
    }
    if (leases.size === 0 && tasks.length === 0) {
      suspicions = NO_SUSPICIONS;
      return done;
    }
    const suspects = listSuspects({ tasks, leases }, all);
    const fates = await readFates(suspects, { isForced: all || suspicions.size > 0 });
    const workerCount = tasks.length > 0 ? await queue.countWorkers() : 0;
    const isQueuePaused = tasks.length > 0 && (await queue.isPaused());
    const sight = { nowMs: clock.nowMs(), workerCount, isQueuePaused, tasks, leases, fates };
    const decision = decide(sight, suspicions);
    suspicions = decision.suspicions;
    done.pending = decision.pending;
    const mustAsk = (verdict: Verdict) => revocations !== undefined && leaseEndedBy(verdict) !== undefined;
    const free = decision.verdicts.filter((verdict) => !mustAsk(verdict));
    await inSteps(free, AT_ONCE, carryOut);
    if (revocations) done.refused = await revocations.begin(decision.verdicts.filter(mustAsk));
    return done;
  }

  async function carryOut(verdict: Verdict): Promise<void> {
    const outcome = await enact(verdict);
    if (outcome) report(outcome);
  }

  const rounds = repeatRounds(round, { clock, logger });

  return {
    round: ({ all }) => rounds.next(all),
    openTasks: () => openTasks,
    onOutcome(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      const ended = rounds.close();
      stopListening?.();
      await ended;
    },
  };
}

function listSupervised(seen: readonly SeenLease[]): Map<string, SupervisedLease> {
  const supervised = seen.filter(({ expiry, isInForce }) => expiry === 'supervised' && isInForce);
  return new Map(supervised.map((lease) => [lease.lease.id, lease]));
}

/** Makes rounds at an interval, and on demand. */
function repeatRounds(
  round: (all: boolean) => Promise<Round>,
  { clock, logger }: { clock: Clock; logger: Logger },
): { next(all: boolean): Promise<Round>; close(): Promise<void> } {
  let isFailing = false;
  /** One after the other: otherwise a round would take the look of another round for its own second look. */
  let last: Promise<unknown> = Promise.resolve();
  let isUnderWay = false;

  function next(all: boolean): Promise<Round> {
    const mine = last.then(() => round(all));
    last = mine.catch(() => {});
    return mine;
  }

  async function runInTurn(): Promise<void> {
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      await next(false);
      isFailing = false;
    } catch (error) {
      if (!isFailing)
        logger.warn(
          'tasks cannot be reconciled. They keep their locks meanwhile, and the next round tries again',
          error,
        );
      isFailing = true;
    } finally {
      isUnderWay = false;
    }
  }

  const stop = clock.every(ROUND_INTERVAL_MS, () => void runInTurn());
  return {
    next,
    async close() {
      stop();
      await last;
    },
  };
}
