/**
 * bull-board over the tasks' jobs, for admins alone. Rowlock's own hash is the truth about a task; what is changed here
 * are BullMQ's tables, but trying again, which goes through Rowlock's checks.
 *
 * A browser that opens a page sends no `Authorization`, so an admin first asks for a pass: a cookie for this path only.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { keysOf, QUEUE_NAME, type Tasks } from '@rowlock/server';
import { Queue } from 'bullmq';
import { type RequestHandler, Router } from 'express';
import helmet from 'helmet';
import { Redis } from 'ioredis';
import { NAMESPACE } from '../rowlockSetup.ts';
import { boardRetries } from './boardRetries.ts';
import { isAllowed } from './permissions.ts';
import { ProblemError } from './problem.ts';
import type { SessionTokens } from './sessionToken.ts';
import { bearerToken, userOf } from './signedIn.ts';

export const BOARD_PATH = '/admin/queues';
const PASS_COOKIE = 'gazetteer_queues';
const PASS_LIFETIME_MS = 60 * 60 * 1000;

export interface QueueBoard {
  /** To be mounted at `BOARD_PATH`, after the headers of the rest of the demo, some of which it replaces */
  board: Router;
  /** `POST /admin/queues/pass`, for who is signed in */
  passRoutes: Router;
  close(): Promise<void>;
}

export function createQueueBoard(
  redisUrl: string,
  tokens: SessionTokens,
  tasks: Pick<Tasks, 'retry'>,
): QueueBoard {
  // A connection of its own, which ends without waiting for a Redis that has gone.
  const redis = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  redis.connect().catch(() => {});
  const queue = new Queue(QUEUE_NAME, { connection: redis, prefix: keysOf(NAMESPACE).bullPrefix });
  queue.on('error', () => {});
  const serverAdapter = new ExpressAdapter().setBasePath(BOARD_PATH);
  createBullBoard({
    queues: [new BullMQAdapter(queue, { description: "The gazetteer's tasks: a job's id is its task's" })],
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Gazetteer', boardLogo: { path: '', width: 0, height: 0 } } },
  });

  const admins: RequestHandler = (req, res, next) => {
    const user = tokens.verify(bearerToken(req.headers) ?? passOf(req.headers));
    if (!user) {
      throw new ProblemError(
        'unauthenticated',
        'Open this page from the user menu of the gazetteer: an admin gets a pass there that is good for an hour.',
      );
    }
    res.locals.user = user;
    if (!isAllowed(user, 'manageQueues')) throw noAdmin(user.name);
    next();
  };

  return {
    board: Router().use(
      boardHeaders,
      admins,
      boardRetries(queue, tasks),
      serverAdapter.getRouter() as RequestHandler,
    ),
    passRoutes: Router().post('/admin/queues/pass', (req, res) => {
      const user = userOf(res);
      if (!isAllowed(user, 'manageQueues')) throw noAdmin(user.name);
      // Strict: no other site can make a browser send it, so none can change a queue.
      res.cookie(PASS_COOKIE, bearerToken(req.headers), {
        path: BOARD_PATH,
        httpOnly: true,
        sameSite: 'strict',
        maxAge: PASS_LIFETIME_MS,
      });
      res.status(201).json({ path: BOARD_PATH });
    }),
    async close() {
      redis.disconnect();
      await queue.close().catch(() => {});
    },
  };
}

const noAdmin = (name: string) =>
  new ProblemError('forbidden', `${name} is no admin, and the queues are for admins. Sign in as Ann Lee.`);

const passOf = (headers: IncomingHttpHeaders): string | undefined =>
  headers.cookie
    ?.split('; ')
    .find((cookie) => cookie.startsWith(`${PASS_COOKIE}=`))
    ?.slice(PASS_COOKIE.length + 1);

/** Its page has styles in it, and a base of its own. The fonts that it asks Google for stay away; it has others. */
const boardHeaders = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
});
