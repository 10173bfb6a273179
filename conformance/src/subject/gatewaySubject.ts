/** A gateway on a real Redis, with a worker, and connections over Socket.IO. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Ack,
  CHANNEL_NAMESPACE,
  type ClientMessageName,
  type ErrorBody,
  type Hello,
  SESSION_AUTH_FIELD,
} from '@rowlock/protocol';
import { createRowlock, type Rowlock } from '@rowlock/server';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { createGatedTasks, type GatedTasks } from './gatedTasks.ts';
import { renameTask } from './renameTask.ts';
import {
  type Connection,
  ConnectionRefused,
  type OpenSubject,
  type ReceivedEvent,
  type Subject,
  type SubjectOptions,
  userOf,
} from './subject.ts';

let namespaces = 0;

/** Call it once, at the top of a test file: its subjects share one Redis. */
export function gatewaySubjects(): OpenSubject {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  return async (options = {}) => {
    const gated = createGatedTasks();
    const rowlock = openRowlock(redis, gated, options);
    await rowlock.start();
    await rowlock.startWorker({ concurrency: 10 });
    const server = createServer();
    rowlock.attach(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sockets: Socket[] = [];
    onTestFinished(async () => {
      redis.resume();
      for (const socket of sockets) socket.disconnect();
      gated.endAll();
      await rowlock.close();
      await new Promise((resolve) => server.close(resolve));
    });
    return createSubject({ redis, rowlock, gated, url, sockets });
  };
}

function openRowlock(
  redis: TestRedis,
  gated: GatedTasks,
  { limits, disconnectGraceMs, sameUser, idle, presence, authorize = () => true }: SubjectOptions,
): Rowlock {
  namespaces += 1;
  return createRowlock({
    redis: redis.url,
    namespace: `conformance-${process.pid}-${namespaces}`,
    resources: ['cities', 'regions'],
    tasks: [gated.definition, renameTask],
    auth: {
      authenticate({ auth: { token, expiresAt } }) {
        if (typeof token !== 'string' || token === 'nobody') return null;
        return { ...userOf(token), ...(typeof expiresAt === 'number' && { expiresAt }) };
      },
      authorize,
    },
    ...(presence !== undefined && { presence }),
    sessions: {
      ...(limits && { limits }),
      ...(disconnectGraceMs !== undefined && { disconnectGraceMs }),
      ...(sameUser && { sameUser }),
      ...(idle && { idleWarnMs: idle.warnMs, idleReleaseMs: idle.releaseMs }),
    },
    logger: { info() {}, warn() {}, error() {} },
  });
}

function createSubject({
  redis,
  rowlock,
  gated,
  url,
  sockets,
}: {
  redis: TestRedis;
  rowlock: Rowlock;
  gated: GatedTasks;
  url: string;
  sockets: Socket[];
}): Subject {
  return {
    connect(actorId, { session, credentialsForMs } = {}) {
      const socket = io(url + CHANNEL_NAMESPACE, {
        auth: {
          token: actorId,
          ...(session !== undefined && { [SESSION_AUTH_FIELD]: session }),
          ...(credentialsForMs !== undefined && { expiresAt: Date.now() + credentialsForMs }),
        },
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
      });
      sockets.push(socket);
      return connectionOf(socket);
    },
    async startTask({ label, records, actorId = 'tina' }) {
      const gate = gated.open();
      const input = { gate: gate.name, label, records: [...records] };
      const { task } = await rowlock.tasks.launch(gated.definition, input, { actor: userOf(actorId) });
      await gate.started;
      const isOver = async () => (await rowlock.tasks.get(task.id))?.endedAt !== undefined;
      return {
        id: task.id,
        async advance(units) {
          gate.advance(units);
        },
        async finish(record) {
          gate.finish(record);
        },
        async end(how) {
          gate.end(how === 'failed' ? new Error('The task was to fail.') : undefined);
          await until(isOver, { what: `the end of task ${task.id}` });
        },
      };
    },
    changed: (records, { actorId, by }) => rowlock.changed(records, { actor: userOf(actorId), by }),
    permissionsChanged: (actorId) => rowlock.sessions.refresh(actorId),
    async loseRedis() {
      redis.pause();
    },
    async findRedis() {
      redis.resume();
    },
  };
}

async function connectionOf(socket: Socket): Promise<Connection> {
  const events: ReceivedEvent[] = [];
  socket.onAny((name, payload) => events.push({ name, payload } as ReceivedEvent));
  const hello = await new Promise<Hello>((resolve, reject) => {
    socket.once('hello', resolve);
    socket.once('connect_error', (error: Error & { data?: ErrorBody }) =>
      reject(error.data ? new ConnectionRefused(error.data) : error),
    );
  });
  const isCertain = () =>
    events.reduce(
      (certain, event) => (event.name === 'certainty' ? event.payload.certain : certain),
      hello.certain,
    );
  await until(isCertain, { what: 'a certain server' });
  const request = (name: string, message: unknown) => socket.timeout(10_000).emitWithAck(name, message);
  return {
    hello,
    events,
    get isConnected() {
      return socket.connected;
    },
    request,
    requestRaw: request as (name: string, message?: unknown) => Promise<Ack<ClientMessageName>>,
    drop: () => void socket.disconnect(),
  };
}
