/**
 * bull-board over the tasks' jobs, for admins only. The state of a task is in Rowlock's own hash. bull-board changes
 * BullMQ's data, but a retry goes through Rowlock's checks.
 *
 * A browser that opens a page sends no `Authorization`, so an admin first gets a pass: a cookie for this path only.
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
  /** Mount it at `BOARD_PATH` after the headers of the rest of the demo, because it replaces some of them */
  board: Router;
  /** `POST /admin/queues/pass`, for signed-in users */
  passRoutes: Router;
  close(): Promise<void>;
}

export function createQueueBoard(
  redisUrl: string,
  tokens: SessionTokens,
  tasks: Pick<Tasks, 'retry'>,
): QueueBoard {
  // A separate connection, which closes without waiting for a lost Redis.
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
    const user = tokens.verify(bearerToken(req.headers) ?? readPass(req.headers));
    if (!user) {
      throw new ProblemError(
        'unauthenticated',
        'You have no valid pass for the queues. Sign in as an admin and open this page from the user menu: a pass lasts an hour.',
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
      // Strict: no other site can make a browser send the cookie, so no other site can change a queue.
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
  new ProblemError(
    'forbidden',
    `Only admins may see the queues, and ${name} is not one. Sign in as Ann Lee.`,
  );

const readPass = (headers: IncomingHttpHeaders): string | undefined =>
  headers.cookie
    ?.split('; ')
    .find((cookie) => cookie.startsWith(`${PASS_COOKIE}=`))
    ?.slice(PASS_COOKIE.length + 1);

/** The page of bull-board has inline styles and a base. The policy blocks its fonts from Google, so it uses others. */
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
