/** The transport against a real Socket.IO server, whose answers to a handshake each test writes. */
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { CHANNEL_NAMESPACE, DEFAULT_LIMITS, type ErrorBody, type Hello } from '@rowlock/protocol';
import { Server, type ServerOptions } from 'socket.io';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';
import { createSocketTransport, type SocketTransportOptions } from './socketTransport.ts';
import type { TransportEvent } from './transport.ts';

const hello: Hello = {
  protocol: 2,
  actor: { id: 'ann', name: 'Ann' },
  sessionId: 's1',
  limits: DEFAULT_LIMITS,
  certain: true,
  now: 1_700_000_000_000,
};
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A Socket.IO server that refuses the first handshakes with these, one after the other. */
async function listen(
  refusals: (Error & { data?: ErrorBody })[] = [],
  serverOptions: Partial<ServerOptions> = {},
  onRequest = (response: ServerResponse) => response.writeHead(404).end(),
) {
  const http = createServer((_request, response) => onRequest(response));
  const io = new Server(http, serverOptions);
  const handshakes: Record<string, unknown>[] = [];
  io.of(CHANNEL_NAMESPACE).use((socket, next) => {
    handshakes.push(socket.handshake.auth);
    next(refusals.shift());
  });
  io.of(CHANNEL_NAMESPACE).on('connection', (socket) => socket.emit('hello', hello));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => io.close());
  return { http, io, handshakes };
}

/** A transport that connects to this server. */
function connectTo(http: HttpServer, { url: below = '', ...options }: SocketTransportOptions = {}) {
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const transport = createSocketTransport({ url: `${url}${below}`, ...options });
  const events: TransportEvent[] = [];
  transport.on((event) => event.type !== 'heard' && events.push(event));
  cleanUps.push(() => transport.close());
  transport.connect();
  const last = (type: TransportEvent['type'], timeout = 5_000) =>
    vi.waitFor(() => expect(events.at(-1)?.type).toBe(type), { timeout });
  return { url, transport, events, last };
}

async function setUp(
  refusals: (Error & { data?: ErrorBody })[],
  options: SocketTransportOptions = {},
  serverOptions: Partial<ServerOptions> = {},
  onRequest?: (response: ServerResponse) => ServerResponse,
) {
  const server = await listen(refusals, serverOptions, onRequest);
  return { ...server, ...connectTo(server.http, options) };
}

const refusal = (data?: ErrorBody) => Object.assign(new Error('refused'), data && { data });

describe('a connection that could not be made', () => {
  it('The connection is made when the `auth` function returns credentials', async () => {
    let calls = 0;
    const auth = async () => {
      calls += 1;
      if (calls === 1) throw new Error('the token service is away');
      return { token: 't' };
    };
    const { events, handshakes, last } = await setUp([], { auth });
    await last('hello');
    expect(events[0]).toMatchObject({
      type: 'down',
      error: { code: 'unavailable', message: expect.stringContaining('the token service is away') },
    });
    expect(handshakes).toEqual([{ token: 't' }]);
  });

  it.for([
    ['internal', refusal({ code: 'internal', message: 'authenticate threw' })],
    ['rate_limited', refusal({ code: 'rate_limited', message: 'too many connections' })],
    ['no code, as by a middleware of the application', refusal()],
  ] as const)('The connection is made when the server no longer refuses it with %s', async ([, error]) => {
    const { events, handshakes, last } = await setUp([error, error]);
    await last('hello');
    expect(events.map((event) => event.type)).toEqual(['down', 'down', 'hello']);
    expect(events[0]).toHaveProperty('error.message');
    expect(handshakes).toHaveLength(3);
  });

  it('The connection stays refused without a user until somebody connects again', async () => {
    const error = { code: 'unauthenticated', message: 'Sign in.' } as const;
    const { transport, events, last } = await setUp([refusal(error)]);
    await last('refused');
    expect(events).toEqual([{ type: 'refused', error }]);
    transport.connect();
    await last('hello');
  });
});

describe('a connection that the server ends', () => {
  it('A connection that the server ended is made again with fresh credentials', async () => {
    let token = 1;
    const { io, events, handshakes, last } = await setUp([], { auth: () => ({ token: token++ }) });
    await last('hello');
    io.of(CHANNEL_NAMESPACE).disconnectSockets(true);
    await vi.waitFor(() => expect(handshakes).toEqual([{ token: 1 }, { token: 2 }]), { timeout: 5_000 });
    await last('hello');
    expect(events.map((event) => event.type)).toEqual(['hello', 'down', 'hello']);
  });
});

describe('a server below a path', () => {
  it.for(['/admin', '/admin/'])('The server is found by a url that ends with %s', async (url) => {
    const { last } = await setUp([], { url }, { path: '/admin/socket.io' });
    await last('hello');
  });

  it('The server is found by a path of its own', async () => {
    const { last } = await setUp([], { url: '/admin', path: '/live' }, { path: '/live' });
    await last('hello');
  });
});

describe('a server that is not there', () => {
  const whyOf = async (events: TransportEvent[]) => {
    await vi.waitFor(() => expect(events).not.toEqual([]), { timeout: 10_000 });
    return events[0];
  };

  it('The error names a missing path if the HTTP server answers 404', async () => {
    const { events, url } = await setUp([], { url: '/wrong' });
    expect(await whyOf(events)).toMatchObject({
      type: 'down',
      error: {
        code: 'unavailable',
        message: expect.stringMatching(
          new RegExp(`^${url}/wrong/socket.io answered 404.*Check .url. and .path.`),
        ),
      },
    });
  }, 15_000);

  it('The error says if a web server answers every path with a page', async () => {
    const page = (response: ServerResponse) =>
      response.writeHead(200).end('<!doctype html><title>App</title>');
    const { events } = await setUp([], { url: '/wrong' }, {}, page);
    expect(await whyOf(events)).toHaveProperty(
      'error.message',
      expect.stringContaining('is no Socket.IO server'),
    );
  }, 15_000);

  it('The error says if the Socket.IO server serves no Rowlock', async () => {
    const { http, io } = await listen();
    io._nsps.delete(CHANNEL_NAMESPACE);
    const { events } = connectTo(http);
    expect(await whyOf(events)).toHaveProperty(
      'error.message',
      expect.stringContaining('serves no Rowlock. Call `rowlock.attach(io)`'),
    );
  });

  it('The error says if nothing listens at the address', async () => {
    const events: TransportEvent[] = [];
    const transport = createSocketTransport({ url: 'http://127.0.0.1:1' });
    cleanUps.push(() => transport.close());
    transport.on((event) => events.push(event));
    transport.connect();
    expect(await whyOf(events)).toHaveProperty(
      'error.message',
      expect.stringMatching(/^http:\/\/127.0.0.1:1\/socket.io could not be reached/),
    );
  }, 15_000);
});

describe('a proxy without WebSocket upgrades', () => {
  const refuse = (socket: Duplex) => socket.end('HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\n\r\n');
  const hurried = { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(ms / 10, run) };

  it.for([
    { manner: 'refuses them', onUpgrade: refuse },
    { manner: 'leaves them unanswered', onUpgrade: () => {} },
  ])(
    'The connection is made by polling, and says once what to change, if the proxy $manner',
    { timeout: 30_000 },
    async ({ onUpgrade }) => {
      const { http, io } = await listen();
      const passOn = http.listeners('upgrade')[0] as () => void;
      http.removeAllListeners('upgrade').on('upgrade', (_request, socket: Duplex) => {
        cleanUps.push(() => socket.destroy());
        onUpgrade(socket);
      });
      const { transport, events, last } = connectTo(http, { clock: hurried });
      await last('impaired', 15_000);
      expect(events.map((event) => event.type)).toEqual(['hello', 'impaired']);
      expect(events.at(-1)).toHaveProperty('message', expect.stringContaining('proxy_set_header Upgrade'));

      http.removeAllListeners('upgrade').on('upgrade', passOn);
      transport.close();
      transport.connect();
      await last('hello');
      await vi.waitFor(() => {
        const sockets = [...io.of(CHANNEL_NAMESPACE).sockets.values()];
        expect(sockets.map(({ conn }) => conn.transport.name)).toEqual(['websocket']);
      });
    },
  );
});

it('A ping of the server is reported as a sign of life', async () => {
  const { http } = await listen([], { pingInterval: 20 });
  const { transport, last } = connectTo(http);
  await last('hello');
  let heard = 0;
  transport.on(({ type }) => {
    if (type === 'heard') heard += 1;
  });
  await vi.waitFor(() => expect(heard).toBeGreaterThan(2));
});
