/** Connects the parts. It makes no decision of its own. */
import type { Actor } from '@rowlock/protocol';
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
import { createUserSessions } from './wiring/users.ts';

/** @throws {TypeError} {RangeError} if an option is malformed */
export function createRowlock<User extends Actor = Actor>(given: RowlockOptions<User>): Rowlock {
  // `authorize` gets the users that `authenticate` has returned, or actors without further fields.
  const options = given as unknown as RowlockOptions;
  const foundation = openFoundation(options);
  const { redis, keys, locks, permissions, versions, clock } = foundation;
  const taskParts = createTaskParts(foundation, options.tasks);
  const { tasks } = taskParts.inside;
  const { gateway, ...channel } = createLiveChannel(foundation, taskParts, options);
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
    attach(server, socketOptions) {
      permissions.assertAuth('attach');
      gateway.attach(server, socketOptions);
    },
    ...createHttpFace(foundation, taskParts, {
      ...channel,
      isStopping: lifecycle.isStopping,
    }),
    sessions: createUserSessions(foundation, gateway),
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
