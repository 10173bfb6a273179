/** The HTTP face: the routes and the guard, for Express and for Web handlers. */
import { createKeyedRateLimit } from '../gateway/rateLimit.ts';
import { createGuard } from '../http/express/guard.ts';
import { problemHandler } from '../http/express/problems.ts';
import { createRouter } from '../http/express/router.ts';
import { createVersioned } from '../http/express/versioned.ts';
import { createGuardedWrites } from '../http/guard/guardedWrites.ts';
import { openApiDocument } from '../http/openapi/openApiDocument.ts';
import { createAnswerRequest } from '../http/routes/answerRequest.ts';
import type { RedisHealth } from '../http/routes/handlers.ts';
import { createFetchHandler } from '../http/web/fetchHandler.ts';
import { createGuardRequest } from '../http/web/guardRequest.ts';
import type { Rowlock } from '../rowlock.ts';
import type { Foundation } from './foundation.ts';
import type { LiveChannel } from './liveChannel.ts';
import type { TaskParts } from './taskParts.ts';

type HttpFace = Pick<
  Rowlock,
  'router' | 'guard' | 'errorHandler' | 'fetchHandler' | 'guardRequest' | 'versioned' | 'openapi'
>;

export function createHttpFace(
  foundation: Foundation,
  { inside: { tasks, userTasks } }: TaskParts,
  channel: Omit<LiveChannel, 'gateway'> & { isStopping(): boolean },
): HttpFace {
  const { permissions, clock, locks, versions } = foundation;
  const { registry } = locks;
  const problems = { tasks, permissions };
  const lookAtRedis = () => redisHealth(foundation);
  const limit = channel.limits.messagesPer10sOfUser;
  const requestRates = { limit, ...createKeyedRateLimit(limit, clock) };
  const answer = createAnswerRequest({
    ...foundation,
    registry,
    tasks,
    userTasks,
    ...channel,
    requestRates,
    lookAtRedis,
  });
  const writes = createGuardedWrites({ ...foundation, registry });
  const guard = createGuard({ writes, clock });
  const guardRequest = createGuardRequest({ ...problems, writes, clock });
  return {
    router() {
      permissions.assertAuth('router');
      return createRouter(answer);
    },
    fetchHandler(options) {
      permissions.assertAuth('fetchHandler');
      return createFetchHandler(answer, options);
    },
    guard(options, handler) {
      permissions.assertAuth('guard');
      return guard(options, handler);
    },
    guardRequest(options, handler) {
      permissions.assertAuth('guardRequest');
      return guardRequest(options, handler);
    },
    versioned: createVersioned(versions),
    errorHandler: () => problemHandler(problems),
    openapi: openApiDocument,
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
