/** Every route has a handler, and every handler a route: the compiler checks both. */
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import type { Permissions } from '../../permissions.ts';
import type { EndSession } from '../../sessions/endSession.ts';
import type { UserTasks } from '../../tasks/control/userTasks.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { Versions } from '../../versions/versions.ts';
import { createLeaseHandlers, type LeaseHandlerDeps } from './leases.ts';
import { createLockHandlers } from './locks.ts';
import type { RouteHandlers } from './route.ts';
import type { Routes } from './routes.ts';
import { createTaskHandlers } from './tasks.ts';

/** `reachable`: it answers and accepts writes. `unreachable`: it does not answer */
export type RedisHealth = 'reachable' | 'refuses writes' | 'unreachable';

export interface HandlerDeps extends LeaseHandlerDeps {
  sessionLeases: Pick<SessionLeases, 'announceClose' | 'getRecords' | 'extend' | 'release'>;
  endSession: EndSession;
  registry: InternalRegistry;
  tasks: Tasks;
  userTasks: UserTasks;
  permissions: Permissions;
  versions: Pick<Versions, 'current'>;
  lookAtRedis(): Promise<RedisHealth>;
  /** Whether this server hands its tabs over to others */
  isStopping(): boolean;
}

export function createHandlers(deps: HandlerDeps): RouteHandlers<Routes> {
  const { sessionLeases, endSession, lookAtRedis, isStopping } = deps;
  return {
    async endSession({ session }) {
      await endSession(session);
      return { status: 204, body: undefined };
    },

    // A beacon has no headers of ours. The secrets in it authorize the sender.
    async releaseLeases({ body }) {
      await sessionLeases.announceClose(body.leases);
      return { status: 204, body: undefined };
    },

    ...createLeaseHandlers(deps),
    ...createLockHandlers(deps),
    ...createTaskHandlers(deps),

    async getHealth() {
      const redis = await lookAtRedis();
      if (isStopping()) return { status: 503, body: { redis, server: 'stopping' } };
      return { status: redis === 'reachable' ? 200 : 503, body: { redis } };
    },
  };
}
