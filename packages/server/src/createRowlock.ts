/** Connects the parts. It makes no decision of its own. */
import { createGuard } from './http/express/guard.ts';
import { createVersioned } from './http/express/versioned.ts';
import { createGuardedWrites } from './http/guard/guardedWrites.ts';
import { problemHandler } from './http/problems.ts';
import { createRouter, type RedisHealth } from './http/router.ts';
import { createLagMeter } from './metrics/lagMeter.ts';
import { measure } from './metrics/measure.ts';
import type { Rowlock } from './rowlock.ts';
import type { RowlockOptions } from './rowlockOptions.ts';
import { createPositionStore } from './subscribers/positionStore.ts';
import { createSubscribers } from './subscribers/subscribers.ts';
import { reconcileByHand } from './tasks/upkeep/reconcile/reconcileByHand.ts';
import { type Foundation, openFoundation } from './wiring/foundation.ts';
import { createLifecycle } from './wiring/lifecycle.ts';
import { createLiveChannel } from './wiring/liveChannel.ts';
import { createTaskParts } from './wiring/taskParts.ts';
import { createUserControl } from './wiring/users.ts';

export function createRowlock(options: RowlockOptions): Rowlock {
  const foundation = openFoundation(options);
  const { redis, keys, locks, permissions, versions, clock } = foundation;
  const { registry } = locks;
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
  const lookAtRedis = () => redisHealth(foundation);

  return {
    locks,
    tasks,
    versions: { current: versions.current },
    changed: versions.changed,
    subscribers,
    start: lifecycle.start,
    attach: gateway.attach,
    router: () => createRouter({ ...foundation, sessionLeases, tasks, lookAtRedis }),
    versioned: createVersioned(versions),
    guard: createGuard({ writes: createGuardedWrites({ ...foundation, registry }), clock }),
    errorHandler: () => problemHandler({ tasks, permissions }),
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

async function redisHealth({ locks }: Foundation): Promise<RedisHealth> {
  try {
    await locks.registry.checkRestart();
    return 'reachable';
  } catch (error) {
    const { cause } = error as Error;
    return cause instanceof Error && cause.name === 'ReplyError' ? 'refuses writes' : 'unreachable';
  }
}
