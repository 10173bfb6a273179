/** Starts what runs in the background, and closes everything, in an order in which each part still has what it needs. */
import type { Tail } from '../changeLog/tail.ts';
import { assertDuration, DAY_MS } from '../durations.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { connect } from '../redis/connection.ts';
import { createStartUp } from '../redis/startUp.ts';
import type { Rowlock } from '../rowlock.ts';
import type { RowlockOptions } from '../rowlockOptions.ts';
import type { SubscriberHandles } from '../subscribers/subscribers.ts';
import { createRetain } from '../tasks/store/retain.ts';
import { type Reconciler, startReconciler } from '../tasks/upkeep/reconcile/reconciler.ts';
import { createReconcilerStore } from '../tasks/upkeep/reconcile/reconcilerStore.ts';
import { type RetentionKeeper, readRetention, startRetention } from '../tasks/upkeep/retention.ts';
import type { Foundation } from './foundation.ts';
import type { TaskParts } from './taskParts.ts';
import { createWorkers, type Workers } from './workers.ts';

export interface Lifecycle {
  start(): Promise<void>;
  /** Undefined until the start has succeeded */
  reconciler(): Reconciler | undefined;
  startWorker: Workers['start'];
  /** From the beginning of `close` */
  isStopping(): boolean;
  close: Rowlock['close'];
}

interface BackgroundDuties {
  tail: Tail;
  reconciler: Reconciler;
  retention: RetentionKeeper;
}

export function createLifecycle(
  foundation: Foundation,
  parts: { taskParts: TaskParts; gateway: Gateway; subscribers: SubscriberHandles },
  { redis: target, retention }: Pick<RowlockOptions, 'redis' | 'retention'>,
): Lifecycle {
  const { connections, locks, clock, logger } = foundation;
  const { gateway, subscribers, taskParts } = parts;
  const { queue, waitingTasks } = taskParts;
  let duties: BackgroundDuties | undefined;
  let isClosed = false;

  const startUp = createStartUp({
    what: 'Rowlock',
    async begin() {
      // Launching writes over the queue's connection, which is made beside the other one.
      await Promise.all([locks.begin(), connect(queue.redis)]);
      if (isClosed) return;
      duties ??= startDuties(foundation, taskParts, gateway, retention);
      await subscribers.begin();
    },
    clock,
    logger,
  });
  const workers = createWorkers(foundation, taskParts, { target, started: startUp.started });

  return {
    start: startUp.ready,
    startWorker: workers.start,
    reconciler: () => duties?.reconciler,
    isStopping: () => isClosed,
    async close({ drainMs = 0 } = {}) {
      assertDuration('drainMs', drainMs, { atMostMs: DAY_MS });
      isClosed = true;
      startUp.close();
      await Promise.all([workers.close(), drainMs > 0 && gateway.drain(drainMs)]);
      await subscribers.close();
      await gateway.close();
      if (duties) {
        await Promise.all([
          duties.tail.close(),
          duties.reconciler.close(),
          duties.retention.close(),
          waitingTasks.close(),
          // With the reconciler: while Redis is there, the ends are written that it has begun.
          locks.revoker?.close(),
        ]);
      }
      await locks.close();
      await queue.close();
      connections.close();
    },
  };
}

/** Needs the locks to have begun: the expiry observer is there then. */
function startDuties(
  { connections, redis, keys, locks, clock, logger, log, counts }: Foundation,
  { queue, waitingTasks }: TaskParts,
  gateway: Gateway,
  retention: RowlockOptions['retention'],
): BackgroundDuties {
  waitingTasks.start();
  locks.observer()!.onSight(gateway.noteWritable);
  const reconciler = startReconciler({
    store: createReconcilerStore(redis, keys),
    queue,
    registry: locks.registry,
    observer: locks.observer,
    revoker: locks.revoker,
    clock,
    logger,
  });
  reconciler.onOutcome(({ action }) => counts.reconcilerActions[action]++);
  return {
    reconciler,
    retention: startRetention({ retain: createRetain(redis, keys), clock }, readRetention(retention)),
    tail: connections.tails.follow(keys, log, logger),
  };
}
