/** Assembles the api process: Express, Rowlock, and the files of the web app. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createRowlock, type Rowlock } from '@rowlock/server';
import express from 'express';
import type { Gazetteer } from '../db/openDatabase.ts';
import { userById } from '../gazetteer/users.ts';
import { NAMESPACE, RESOURCES, reachRedis } from '../rowlockSetup.ts';
import { runSubscribers } from '../runs/runSubscribers.ts';
import { allTasks } from '../tasks/allTasks.ts';
import { cityRoutes } from './cityRoutes.ts';
import { limitRequests } from './limitRequests.ts';
import { logRefusals } from './logRefusals.ts';
import { metricsRoute } from './metricsRoute.ts';
import { isAllowed } from './permissions.ts';
import { placeRoutes } from './placeRoutes.ts';
import { BODY_LIMIT, noSuchRoute, problems } from './problem.ts';
import { BOARD_PATH, createQueueBoard } from './queueBoard.ts';
import { runRoutes } from './runRoutes.ts';
import { securityHeaders } from './securityHeaders.ts';
import { sessionRoutes } from './sessionRoutes.ts';
import { sessionTokens } from './sessionToken.ts';
import { bearerToken, signedIn } from './signedIn.ts';
import { openSignOuts } from './signOuts.ts';
import { taskRoutes } from './taskRoutes.ts';
import { webFiles } from './webFiles.ts';

/** A form whose user does nothing warns after 2 min, and frees its row after 5. Its draft stays. */

export interface ApiOptions {
  db: Gazetteer;
  redisUrl: string;
  host: string;
  /** 0: any free port */
  port: number;
  secret: string;
  dataDir: string;
  webDir: string;
  idleWarnMs: number;
  idleReleaseMs: number;
}

export interface Api {
  port: number;
  rowlock: Rowlock;
  close(): Promise<void>;
}

/** Listens after Redis is reached. @throws if Redis is away or the port is in use */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { db, redisUrl, dataDir } = options;
  const signOuts = openSignOuts(dataDir);
  const tokens = sessionTokens(options.secret, signOuts);
  const exportsDir = join(dataDir, 'exports');
  const tasks = allTasks({ db, exportsDir, paceMs: 0, now: Date.now });
  const rowlock: Rowlock = createRowlock({
    redis: redisUrl,
    namespace: NAMESPACE,
    resources: RESOURCES,
    tasks,
    auth: {
      authenticate: async ({ headers, auth }) => {
        const user = tokens.verify(auth.token ?? bearerToken(headers));
        return user ? { id: user.id, name: user.name } : null;
      },
      authorize: async ({ actor, action, task }) => isAllowed(userById(actor.id), action, task),
    },
    sessions: { idleWarnMs: options.idleWarnMs, idleReleaseMs: options.idleReleaseMs },
    subscribers: runSubscribers(db, (id) => rowlock.tasks.get(id)),
    logger: console,
  });

  // First the tokens: browsers connect again when their connection has ended.
  const signOutEverywhere = async (userId: string) => {
    signOuts.add(userId);
    await rowlock.sessions.disconnect(userId);
  };
  const queues = createQueueBoard(redisUrl, tokens, rowlock.tasks);
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders());
  app.use(['/api', '/rowlock', '/metrics', BOARD_PATH], logRefusals, limitRequests());
  // Rowlock's router parses bodies itself, because the beacon of a closing tab has no JSON content type.
  app.use('/rowlock', rowlock.router());
  app.use('/api', express.json({ limit: BODY_LIMIT }), sessionRoutes(tokens, signOutEverywhere));
  app.use(
    '/api',
    signedIn(tokens),
    placeRoutes(db, rowlock.versioned()),
    cityRoutes(db, rowlock),
    taskRoutes({ rowlock, tasks, exportsDir }),
    runRoutes(db, rowlock.subscribers),
    queues.passRoutes,
  );
  app.use(BOARD_PATH, queues.board);
  app.use(metricsRoute(rowlock, tokens));
  app.use(webFiles(options.webDir));
  app.use(noSuchRoute);
  app.use(rowlock.errorHandler());
  app.use(problems);

  const server = createServer(app);
  await reachRedis(rowlock);
  rowlock.attach(server);
  await listen(server, options);

  return {
    port: (server.address() as AddressInfo).port,
    rowlock,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await queues.close();
      await rowlock.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`Another program uses port ${port}. Set PORT to a free port.`) : error);
    });
    server.listen(port, host, resolve);
  });
}
