/** The HTTP side of the kit: the release beacon, and tasks for clients without the live channel. */
import { releaseBeaconSchema, retryBodySchema, type TaskView } from '@rowlock/protocol';
import express, { type Request, type Router } from 'express';
import { RowlockError } from '../errors.ts';
import { issueInWords } from '../issueInWords.ts';
import type { SessionLeases } from '../locks/leases/sessionLeases.ts';
import type { Logger } from '../logger.ts';
import { type Origins, originCheckOf } from '../origins.ts';
import type { Permissions } from '../permissions.ts';
import type { Tasks } from '../tasks/tasks.ts';
import { faultHandler, noSuchRoute, problemHandler } from './problems.ts';
import { parseTaskQuery } from './taskQuery.ts';

const BEACON_LIMIT = '64kb';

/** `reachable`: it answers and accepts writes. `unreachable`: it does not answer */
export type RedisHealth = 'reachable' | 'refuses writes' | 'unreachable';

export function createRouter(deps: {
  sessionLeases: SessionLeases;
  tasks: Tasks;
  permissions: Permissions;
  origins: Origins;
  lookAtRedis(): Promise<RedisHealth>;
  logger: Logger;
}): Router {
  const { sessionLeases, tasks, permissions, origins, lookAtRedis, logger } = deps;
  const router = express.Router();

  // P14: another site can make a browser send a form with the user's cookies, but not read what it gets.
  router.use((request, _response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') origins.require(originCheckOf(request));
    next();
  });

  // A beacon has no headers of ours and is text. The secrets in it authorize the sender.
  router.post(
    '/leases/release',
    express.text({ type: () => true, limit: BEACON_LIMIT }),
    async (request, response) => {
      await sessionLeases.announceClose(parseBeacon(request.body).leases);
      response.status(204).end();
    },
  );

  addTaskRoutes(router, { tasks, permissions });

  router.get('/health', async (_request, response) => {
    const redis = await lookAtRedis();
    response.status(redis === 'reachable' ? 200 : 503).json({ redis });
  });

  router.use(noSuchRoute);
  router.use(problemHandler({ tasks, permissions }), faultHandler(logger));
  return router;
}

/** The routes of tasks. A task that the user may not watch is refused. */
function addTaskRoutes(
  router: Router,
  { tasks, permissions }: { tasks: Tasks; permissions: Permissions },
): void {
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;
  const actorOf = (request: Request) => permissions.authenticate({ headers: request.headers, auth: {} });

  router.get('/tasks', async (request, response) => {
    const actor = await actorOf(request);
    const filter = parseTaskQuery(request.query);
    if (filter.record !== undefined) {
      // Only users who may watch the row may ask which tasks hold it.
      assertRecords([filter.record]);
      await permissions.require({ actor, action: 'watch', records: [filter.record] });
    }
    response.json(await tasks.list({ ...filter, visibleTo: actor }));
  });

  /** The task, if the user may watch it. */
  async function taskOf(request: Request<{ id: string }>): Promise<TaskView> {
    const actor = await actorOf(request);
    const task = await tasks.get(request.params.id);
    if (!task)
      throw new RowlockError('not_found', `No task ${request.params.id} is known; it may be long gone.`);
    await permissions.require({ actor, action: 'watch', task });
    return task;
  }

  router.get('/tasks/:id', async (request, response) => {
    response.json({ task: await taskOf(request) });
  });

  router.get('/tasks/:id/failures', async (request, response) => {
    response.json(await tasks.failures((await taskOf(request)).id));
  });

  router.get('/tasks/:id/log', async (request, response) => {
    response.json({ lines: await tasks.log((await taskOf(request)).id) });
  });

  router.post('/tasks/:id/cancel', async (request, response) => {
    const actor = await actorOf(request);
    response.status(202).json({ task: await tasks.cancel(request.params.id, { actor }) });
  });

  router.post('/tasks/:id/retry', express.json({ limit: BEACON_LIMIT }), async (request, response) => {
    const actor = await actorOf(request);
    const body = retryBodySchema.safeParse(request.body ?? {});
    if (!body.success) throw malformedBody(body.error);
    await taskOf(request);
    const { onlyFailed = false } = body.data;
    response.status(202).json(await tasks.retry(request.params.id, { actor, onlyFailed }));
  });
}

function parseBeacon(body: unknown) {
  let json: unknown;
  try {
    json = JSON.parse(String(body));
  } catch {
    throw new RowlockError('bad_request', 'The body is not JSON. Send {"leases":[{"leaseId","secret"}, …]}.');
  }
  const parsed = releaseBeaconSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw malformedBody(parsed.error);
}

const malformedBody = (error: Parameters<typeof issueInWords>[0]) =>
  new RowlockError(
    'bad_request',
    `The request was refused, because its body is malformed${issueInWords(error)}. Correct it and send it again.`,
  );
