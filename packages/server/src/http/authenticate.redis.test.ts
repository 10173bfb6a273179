/** Sign-in by express-session and Passport, over HTTP and on the live channel, as an application sets it up. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHANNEL_NAMESPACE, type ErrorBody, type Hello } from '@rowlock/protocol';
import { startRedis, type TestRedis } from '@rowlock/test-utils';
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { Server } from 'socket.io';
import { io as connect, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { newNamespace } from '../../test/fixtures/rig.ts';
import { createRowlock } from '../createRowlock.ts';
import type { Credentials, NodeRequest } from '../credentials.ts';
import type { Authenticate } from '../signIns.ts';

declare global {
  namespace Express {
    interface User {
      id: string;
      name: string;
    }
  }
}
declare module 'express-session' {
  interface SessionData {
    userId?: string;
  }
}

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** Reads the session of a connection's handshake from the store again. Fails if it was destroyed. */
const reload = (request: NodeRequest) =>
  new Promise<void>((resolve, reject) =>
    request.session.reload((error: unknown) => (error ? reject(error) : resolve())),
  );

async function isStillThere({ request, isRecheck }: Credentials): Promise<boolean> {
  if (!isRecheck || !request) return true;
  return reload(request).then(
    () => true,
    () => false,
  );
}

const byPassport: Authenticate = async (credentials) =>
  (await isStillThere(credentials)) ? credentials.request?.user : null;
const bySession: Authenticate = async (credentials) => {
  if (!(await isStillThere(credentials))) return null;
  const userId = credentials.request?.session.userId;
  return userId === undefined ? null : { id: userId, name: `User ${userId}` };
};

/** An application with a session store in memory, whose `POST /login` signs `ann` in. */
async function startApplication(authenticate: Authenticate): Promise<string> {
  const signIns = new passport.Passport();
  signIns.serializeUser((user, done) => done(null, user.id));
  signIns.deserializeUser((id: string, done) => done(null, { id, name: `User ${id}` }));
  const sessions = session({ secret: 'for the test', resave: false, saveUninitialized: false });
  const rowlock = createRowlock({
    redis: redis.url,
    namespace: newNamespace(),
    resources: ['cities'],
    auth: { authenticate, authorize: () => true, recheckMs: 300 },
  });
  await rowlock.start();

  const app = express().use(sessions, signIns.session());
  app.post('/login', (request, response, next) => {
    request.login({ id: 'ann', name: 'User ann' }, (error) => {
      if (error) return next(error);
      // Passport has made a new session.
      request.session.userId = 'ann';
      response.end();
    });
  });
  app.post('/logout', (request, response, next) => {
    request.session.destroy((error) => (error ? next(error) : response.end()));
  });
  app.use('/rowlock', rowlock.router());
  app.put(
    '/cities/:id',
    rowlock.guard({ records: ({ params }) => [`cities/${params.id}`] }),
    (_, response) => {
      response.json(response.locals.rowlock);
    },
  );
  app.use(rowlock.errorHandler());

  const server = createServer(app);
  const sockets = new Server(server);
  sockets.engine.use(sessions);
  sockets.engine.use(signIns.session());
  rowlock.attach(sockets);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await rowlock.close();
    await sockets.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const signIn = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/login`, { method: 'POST' });
  expect(response.status).toBe(200);
  return response.headers.get('set-cookie')!.split(';')[0]!;
};

const connectedAs = async (url: string, transport: string, cookie?: string): Promise<string> =>
  (await connectAs(url, transport, cookie)).who;

async function connectAs(url: string, transport: string, cookie?: string) {
  const socket: Socket = connect(url + CHANNEL_NAMESPACE, {
    transports: [transport],
    forceNew: true,
    reconnection: false,
    ...(cookie !== undefined && { extraHeaders: { cookie } }),
  });
  onTestFinished(() => void socket.disconnect());
  const closing = new Promise<ErrorBody>((resolve) => void socket.once('closing', resolve));
  const who = await new Promise<string>((resolve) => {
    socket.once('hello', ({ actor }: Hello) => resolve(actor.id));
    socket.once('connect_error', (error: Error & { data?: { code: string } }) =>
      resolve(error.data?.code ?? error.message),
    );
  });
  return { who, closing, socket };
}

describe.each([
  ['Passport', byPassport],
  ['express-session', bySession],
])('sign-in by %s', (_name, authenticate) => {
  it('authenticate finds the user on the Express request, for routes and guarded writes', async () => {
    const url = await startApplication(authenticate);
    const statusOf = async (method: string, path: string, headers = {}) =>
      (await fetch(url + path, { method, headers })).status;
    expect(await statusOf('GET', '/rowlock/tasks')).toBe(401);
    expect(await statusOf('PUT', '/cities/1')).toBe(401);
    const cookie = await signIn(url);
    expect(await statusOf('GET', '/rowlock/tasks', { cookie })).toBe(200);
    const written = await fetch(`${url}/cities/1`, { method: 'PUT', headers: { cookie } });
    expect(await written.json()).toMatchObject({ actor: { id: 'ann', name: 'User ann' } });
  });

  it.each(['websocket', 'polling'])(
    'authenticate finds the user on the handshake over %s',
    async (transport) => {
      const url = await startApplication(authenticate);
      expect(await connectedAs(url, transport)).toBe('unauthenticated');
      expect(await connectedAs(url, transport, await signIn(url))).toBe('ann');
    },
  );

  it.each(['websocket', 'polling'])(
    'P15: a session that is destroyed while its user is connected over %s ends the connection',
    async (transport) => {
      const url = await startApplication(authenticate);
      const cookie = await signIn(url);
      const [first, other] = [
        await connectAs(url, transport, cookie),
        await connectAs(url, transport, await signIn(url)),
      ];
      expect([first.who, other.who]).toEqual(['ann', 'ann']);
      expect((await fetch(`${url}/logout`, { method: 'POST', headers: { cookie } })).status).toBe(200);
      expect(await first.closing).toMatchObject({ code: 'unauthenticated' });
      expect(other.socket.connected).toBe(true);
    },
  );
});
