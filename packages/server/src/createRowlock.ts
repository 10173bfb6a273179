/** Connects the parts. It makes no decision of its own. */
import { createLagMeter } from './metrics/lagMeter.ts';
import { measure } from './metrics/measure.ts';
import type { Rowlock } from './rowlock.ts';
import type { RowlockOptions } from './rowlockOptions.ts';
import { createPositionStore } from './subscribers/positionStore.ts';
import { createSubscribers } from './subscribers/subscribers.ts';
import { reconcileByHand } from './tasks/upkeep/reconcile/reconcileByHand.ts';
import { openFoundation } from './wiring/foundation.ts';
import { createHttpFace } from './wiring/httpFace.ts';
import { createLifecycle } from './wiring/lifecycle.ts';
import { createLiveChannel } from './wiring/liveChannel.ts';
import { createTaskParts } from './wiring/taskParts.ts';
import { createUserControl } from './wiring/users.ts';

export function createRowlock(options: RowlockOptions): Rowlock {
  const foundation = openFoundation(options);
  const { redis, keys, locks, versions, clock } = foundation;
  const taskParts = createTaskParts(foundation, options.tasks);
  const { tasks } = taskParts.inside;
  const { gateway, sessionLeases } = createLiveChannel(foundation, taskParts, options);
  const lag = createLagMeter(foundation);
  const subscribers = createSubscribers(options.subscribers ?? {}, {
    ...foundation,
    positions: createPositionStore(redis, keys),
    store: taskParts.store,
  });
  const lifecycle = createLifecycle(foundation, { taskParts, gateway, subscribers }, options);

  return {
    locks,
    tasks,
    versions: { current: versions.current },
    changed: versions.changed,
    subscribers,
    start: lifecycle.start,
    attach: gateway.attach,
    ...createHttpFace(foundation, { tasks, sessionLeases }),
    ...createUserControl(foundation, gateway),
    startWorker: lifecycle.startWorker,
    async reconcile(reconcileOptions) {
      await lifecycle.start();
      return reconcileByHand({ reconciler: lifecycle.reconciler()!, clock }, reconcileOptions);
    },
    measure: () =>
      measure({
        ...foundation,
        observer: locks.observer,
        reconciler: lifecycle.reconciler,
        subscribers,
        gateway,
        lag,
      }),
    close: lifecycle.close,
  };
}
