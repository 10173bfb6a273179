/** Several live channels on one HTTP server: of the application, and of several tenants. */
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHANNEL_NAMESPACE, type Hello, type Limits } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { newNamespace, RESOURCES } from '../../../test/fixtures/rig.ts';
import { createRowlock } from '../../createRowlock.ts';
import type { AuthOptions } from '../../permissions.ts';
import type { Rowlock } from '../../rowlock.ts';

let redis: TestRedis;
const opened: { close(): unknown }[] = [];
const logged: string[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
  logged.length = 0;
});

const byTenant =
  (name: string): AuthOptions['authenticate'] =>
  ({ auth }) =>
    auth.tenant === name ? { id: `ann of ${name}`, name: 'Ann' } : null;

/** A tenant accepts the users who name it. */
async function tenant(
  name: string,
  {
    authenticate = byTenant(name),
    namespace = newNamespace(),
    limits = {},
  }: Partial<AuthOptions> & { namespace?: string; limits?: Partial<Limits> } = {},
): Promise<Rowlock> {
  const rowlock = createRowlock({
    redis: redis.url,
    namespace,
    resources: RESOURCES,
    auth: { authenticate, authorize: () => true },
    sessions: { limits },
    logger: { info() {}, warn() {}, error: (message) => void logged.push(message) },
  });
  await rowlock.start();
  opened.push(rowlock);
  return rowlock;
}

function httpServer(): HttpServer {
  const http = createServer();
  opened.push({
    close() {
      http.closeAllConnections();
      http.close();
    },
  });
  return http;
}

const listen = (http: HttpServer) => new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

function open(http: HttpServer, name: string, auth: object = {}): Socket {
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}${name}`;
  const socket = io(url, { auth, transports: ['websocket'], reconnection: false, forceNew: true });
  opened.push(socket);
  return socket;
}

/** The actor that the server reports. @throws the `connect_error` */
async function hello(http: HttpServer, auth: object): Promise<{ actorId: string; socket: Socket }> {
  const socket = open(http, CHANNEL_NAMESPACE, auth);
  return new Promise((resolve, reject) => {
    socket.once('hello', ({ actor }: Hello) => resolve({ actorId: actor.id, socket }));
    socket.once('connect_error', reject);
  });
}

const holdsSomething = async ({ locks }: Rowlock) => (await locks.list()).leases.length > 0;

describe('attach', () => {
  it('attach refuses an HTTP server on which the application has Socket.IO, and says what to pass', async () => {
    const http = httpServer();
    opened.push(new Server(http));
    const one = await tenant('one');
    expect(() => one.attach(http)).toThrow('Pass that one: `rowlock.attach(io)`');
  });

  it('attach refuses an HTTP server on which the application has Socket.IO without WebSocket', async () => {
    const http = httpServer();
    opened.push(new Server(http, { transports: ['polling'] }));
    const one = await tenant('one');
    expect(() => one.attach(http)).toThrow('already has a Socket.IO server');
  });

  it('attach serves beside the Socket.IO of the application if each has a path of its own', async () => {
    const http = httpServer();
    opened.push(new Server(http, { path: '/chat' }));
    const one = await tenant('one');
    one.attach(http, { path: '/socket.io' });
    await listen(http);
    expect(await hello(http, { tenant: 'one' })).toMatchObject({ actorId: 'ann of one' });
  });

  it('attach logs at the start if the application adds its Socket.IO afterwards', async () => {
    const http = httpServer();
    const one = await tenant('one');
    one.attach(http);
    opened.push(new Server(http));
    await listen(http);
    await until(() => logged.length === 1, { what: 'the error in the log' });
    expect(logged).toEqual([expect.stringContaining('already has a Socket.IO server')]);
  });

  it('attach serves on the Socket.IO of the application, beside its own namespaces', async () => {
    const http = httpServer();
    const own = new Server(http);
    own.on('connection', (socket) => socket.emit('welcome'));
    opened.push(own);
    const one = await tenant('one');
    one.attach(own);
    await listen(http);
    expect(await hello(http, { tenant: 'one' })).toMatchObject({ actorId: 'ann of one' });
    await new Promise((resolve) => open(http, '/').once('welcome', resolve));
  });

  it('attach does nothing the second time for the same server', async () => {
    const http = httpServer();
    const one = await tenant('one');
    one.attach(http);
    one.attach(http);
    await listen(http);
    const socket = open(http, CHANNEL_NAMESPACE, { tenant: 'one' });
    let hellos = 0;
    socket.on('hello', () => hellos++);
    // Acknowledged after everything that the server sent on connecting.
    await socket.emitWithAck('unwatch', {});
    expect(hellos).toBe(1);
  });

  it('attach refuses a second Rowlock of the same namespace on the same server', async () => {
    const http = httpServer();
    const namespace = newNamespace();
    (await tenant('one', { namespace })).attach(http);
    const again = await tenant('one', { namespace });
    expect(() => again.attach(http)).toThrow('Close that one first');
  });
});

describe.each([
  ['an HTTP server', (http: HttpServer) => http],
  ['a Socket.IO server', (http: HttpServer) => new Server(http)],
])('two tenants on %s', (_what, serverOf) => {
  it('P12: each of two tenants on one server serves its own users only', async () => {
    const http = httpServer();
    const server = serverOf(http);
    const [one, two] = [await tenant('one'), await tenant('two')];
    for (const rowlock of [one, two]) rowlock.attach(server);
    await listen(http);
    const { actorId, socket } = await hello(http, { tenant: 'two' });
    expect(actorId).toBe('ann of two');
    expect(await socket.emitWithAck('acquire', { records: ['cities/1'] })).toMatchObject({ ok: true });
    expect([await holdsSomething(one), await holdsSomething(two)]).toEqual([false, true]);
    await expect(hello(http, {})).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
  });
});

describe.each([
  ['an HTTP server', (http: HttpServer) => http],
  ['a Socket.IO server', (http: HttpServer) => new Server(http)],
])('many tenants on %s', (_what, serverOf) => {
  it('many tenants on one server cause no listener warnings', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const http = httpServer();
    const server = serverOf(http);
    const names = Array.from({ length: 12 }, (_, i) => `tenant ${i}`);
    const tenants = await Promise.all(names.map((name) => tenant(name)));
    for (const rowlock of tenants) rowlock.attach(server);
    await listen(http);
    for (const name of names) expect((await hello(http, { tenant: name })).actorId).toBe(`ann of ${name}`);
    expect(warnings.map(({ message }) => message)).toEqual([]);
  });

  it('tenants on one server have separate limits: a tenant does not end the connections of another', async () => {
    const http = httpServer();
    const server = serverOf(http);
    const strict = await tenant('strict', { limits: { messagesPer10s: 1 } });
    const lenient = await tenant('lenient');
    for (const rowlock of [strict, lenient]) rowlock.attach(server);
    await listen(http);
    const { socket } = await hello(http, { tenant: 'lenient' });
    for (let i = 0; i < 5; i++) {
      expect(await socket.timeout(5_000).emitWithAck('unwatch', {})).toMatchObject({ ok: true });
    }
    const bounded = (await hello(http, { tenant: 'strict' })).socket;
    for (let i = 0; i < 5; i++) bounded.emit('unwatch', {});
    await until(() => bounded.disconnected, { what: 'the flooding connection to end' });
    expect(socket.connected).toBe(true);
  });
});

describe('tenants that share a server', () => {
  it('P12: tenants on one server refuse a connection that both accept', async () => {
    const http = httpServer();
    const own = new Server(http);
    const both = { authenticate: () => ({ id: 'ann', name: 'Ann' }) };
    for (const rowlock of [await tenant('one', both), await tenant('two', both)]) rowlock.attach(own);
    await listen(http);
    await expect(hello(http, {})).rejects.toMatchObject({ data: { code: 'forbidden' } });
  });

  it('a tenant that closes leaves a shared server to the others, and the last one leaves nobody behind', async () => {
    const http = httpServer();
    const own = new Server(http);
    opened.push(own);
    const [one, two] = [await tenant('one'), await tenant('two')];
    for (const rowlock of [one, two]) rowlock.attach(own);
    await listen(http);
    await one.close();
    await expect(hello(http, { tenant: 'one' })).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
    expect(await hello(http, { tenant: 'two' })).toMatchObject({ actorId: 'ann of two' });
    await two.close();
    await expect(hello(http, { tenant: 'two' })).rejects.toMatchObject({ data: { code: 'unavailable' } });
  });
});

describe('a Socket.IO server with connection state recovery', () => {
  it('P12: a Socket.IO server with connection state recovery never recovers a connection without asking authenticate', async () => {
    const http = httpServer();
    const own = new Server(http, { connectionStateRecovery: {} });
    let isSignedIn = true;
    const one = await tenant('one', {
      authenticate: () => (isSignedIn ? { id: 'ann', name: 'Ann' } : null),
    });
    one.attach(own);
    await listen(http);
    const socket = open(http, CHANNEL_NAMESPACE);
    await new Promise((resolve) => socket.once('hello', resolve));
    isSignedIn = false;
    const refused = new Promise<{ data?: unknown }>((resolve) => socket.once('connect_error', resolve));
    socket.once('disconnect', () => socket.connect());
    socket.io.engine.close();
    expect((await refused).data).toMatchObject({ code: 'unauthenticated' });
    expect(socket.recovered).toBe(false);
  });
});
