/**
 * What the server's tests stand on: a real Redis, a real HTTP server with guard and gateway, real sockets. Users are
 * their own tokens: `Bearer ann` is Ann; `viewer` may only watch, and nobody is nobody.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Ack,
  CHANNEL_NAMESPACE,
  type ClientMessage,
  type ClientMessageName,
  type Hello,
  recordKey,
  type ServerEvents,
  type View,
} from '@rowlock/protocol';
import type { TestRedis } from '@rowlock/test-utils';
import express from 'express';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { createRowlock, type Rowlock, type RowlockOptions } from '../createRowlock.ts';
import type { GuardOptions } from '../http/guard.ts';
import type { Logger } from '../logger.ts';
import type { AuthOptions } from '../permissions.ts';
import { defineTask } from '../tasks/definition/defineTask.ts';

export const RESOURCES = ['cities', 'regions'];

/** A task whose run is steered from outside through `gates`: it reports and waits as the test says. */
export interface Gate {
  started: Promise<AbortSignal>;
  finish(error?: Error): void;
}

export function gatedTask(name = 'gated', attempts = 1) {
  const waiting = new Map<string, ((signal: AbortSignal) => Promise<void>)[]>();
  const task = defineTask({
    name,
    label: ({ ids }) => `Gated · ${ids.length}`,
    input: z.object({ ids: z.array(z.string()), gate: z.string() }),
    retry: { attempts, backoffMs: 10 },
    records: ({ ids }) => ids.map((id) => recordKey('cities', id)),
    async run(ctx, { ids, gate }) {
      ctx.progress.total(ids.length);
      ctx.progress.advance();
      await waiting.get(gate)?.shift()?.(ctx.signal);
      ctx.progress.advance(ids.length);
      return { changed: ids.length };
    },
  });
  /** The next run with this gate's name stops at it. */
  function gate(name: string): Gate {
    let begin = (_signal: AbortSignal) => {};
    let finish = (_error?: Error) => {};
    const started = new Promise<AbortSignal>((resolve) => {
      begin = resolve;
    });
    const finished = new Promise<void>((resolve, reject) => {
      finish = (error) => (error ? reject(error) : resolve());
    });
    finished.catch(() => {});
    const list = waiting.get(name) ?? [];
    waiting.set(name, list);
    list.push((signal) => {
      begin(signal);
      return Promise.race([
        finished,
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ]);
    });
    return { started, finish };
  }
  return { task, gate };
}

export interface Rig {
  rowlock: Rowlock;
  url: string;
  logged: string[];
  /** Connects as a user; resolves once the server is certain of what it says. */
  connect(user: string): Promise<Client>;
  close(): Promise<void>;
}

export interface Client {
  socket: Socket;
  /** Everything that was pushed, oldest first */
  changes: View[];
  lost: Parameters<ServerEvents['leaseLost']>[0][];
  certainty: boolean[];
  send<N extends ClientMessageName>(name: N, message: ClientMessage<N>): Promise<Ack<N>>;
  sendRaw(
    name: string,
    ...args: unknown[]
  ): Promise<{ ok: boolean; error?: { code: string; message: string } }>;
}

export type RigOptions = Partial<Omit<RowlockOptions, 'auth'>> & Partial<AuthOptions> & { port?: number };

const byName: AuthOptions['authenticate'] = ({ headers, auth }) => {
  const user = headers.authorization?.replace('Bearer ', '') ?? auth.token;
  return typeof user === 'string' && user !== 'nobody' ? { id: user, name: user } : null;
};
const allButViewers: AuthOptions['authorize'] = ({ actor, action }) =>
  action === 'watch' || actor.id !== 'viewer';

let namespaces = 0;
export const newNamespace = () => `rig-${process.pid}-${++namespaces}`;

export async function startRig(
  redis: TestRedis,
  options: RigOptions = {},
  records: GuardOptions['records'] = ({ params }) => [`cities/${params.id}`],
): Promise<Rig> {
  const { port, authenticate = byName, authorize = allButViewers, ...rest } = options;
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const logger: Logger = {
    info() {},
    warn: log,
    error: (message, details) => log(`${message} ${String(details)}`),
  };
  const rowlock = createRowlock({
    redis: redis.url,
    namespace: newNamespace(),
    resources: RESOURCES,
    auth: { authenticate, authorize },
    logger,
    ...rest,
  });
  await rowlock.start();

  const app = express();
  app.use(express.json());
  app.use('/rowlock', rowlock.router());
  app.put('/cities/:id', rowlock.guard({ records }), (_request, response) => {
    response.json(response.locals.rowlock);
  });
  app.use(rowlock.errorHandler());
  const server: Server = createServer(app);
  rowlock.attach(server);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: Socket[] = [];

  return {
    rowlock,
    url,
    logged,
    async connect(user) {
      const socket: Socket = io(url + CHANNEL_NAMESPACE, {
        auth: { token: user },
        transports: ['websocket'],
        forceNew: true,
        reconnectionDelay: 50,
        reconnectionDelayMax: 200,
      });
      clients.push(socket);
      const client: Client = {
        socket,
        changes: [],
        lost: [],
        certainty: [],
        send: (name, message) => socket.timeout(10_000).emitWithAck(name, message),
        sendRaw: (name, ...args) => socket.timeout(10_000).emitWithAck(name, ...args),
      };
      socket.on('changes', (view: View) => client.changes.push(view));
      socket.on('leaseLost', (lost: Client['lost'][number]) => client.lost.push(lost));
      socket.on('certainty', ({ certain }: { certain: boolean }) => client.certainty.push(certain));
      await new Promise<void>((resolve, reject) => {
        socket.once('hello', ({ certain }: Hello) => {
          if (certain) resolve();
          else socket.once('certainty', () => resolve());
        });
        socket.once('connect_error', (error) => {
          if (!socket.active) reject(error);
        });
      });
      return client;
    },
    async close() {
      for (const socket of clients) socket.disconnect();
      await rowlock.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a client knows of a record after everything that was pushed: the newest word on it. */
export const leasesOn = (client: Client, key: `${string}/${string}`): string[] | undefined =>
  client.changes.map((view) => view.records[key]).findLast((leases) => leases !== undefined);
