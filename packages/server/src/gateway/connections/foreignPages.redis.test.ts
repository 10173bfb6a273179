/** P14: what a page of another site can do that sends the user's session cookie. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHANNEL_NAMESPACE } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import type { Rig } from '../../../test/fixtures/rig.ts';
import type { Authenticate } from '../../signIns.ts';

const { rig } = gatewayFixture();

const FOREIGN = 'https://evil.example';
const UI = 'https://admin.example.com';
/** As many applications do: the session cookie alone says who it is. */
const byCookie: Authenticate = ({ headers, auth }) => {
  const user = headers.cookie?.replace('user=', '') ?? auth.token;
  return typeof user === 'string' ? { id: user, name: user } : null;
};
const cookie = 'user=ann';

function open(url: string, transport: 'websocket' | 'polling', headers: Record<string, string>): Socket {
  const socket = io(url, {
    transports: [transport],
    extraHeaders: { cookie, ...headers },
    reconnection: false,
    forceNew: true,
  });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

const outcome = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('hello', () => resolve('connected'));
    socket.once('connect_error', ({ message }) => resolve(message));
  });

describe.each(['websocket', 'polling'] as const)('P14: over %s', (transport) => {
  const connectTo = ({ url }: Rig, headers: Record<string, string>) =>
    outcome(open(url + CHANNEL_NAMESPACE, transport, headers));

  it('a page of a foreign origin cannot connect, and the log says how to allow it', async () => {
    const started = await rig({ authenticate: byCookie });
    expect(await connectTo(started, { origin: FOREIGN })).not.toBe('connected');
    await until(() => started.logged.some((line) => line.includes(`${FOREIGN} may not act here`)));
  });

  it('a page of the same origin, or of a listed one, can connect', async () => {
    const started = await rig({ authenticate: byCookie, allowedOrigins: [UI] });
    expect(await connectTo(started, { origin: started.url })).toBe('connected');
    expect(await connectTo(started, { origin: UI })).toBe('connected');
    expect(await connectTo(started, { origin: FOREIGN })).not.toBe('connected');
  });
});

describe('P14: on the Socket.IO server of the application', () => {
  it('a foreign page reaches the namespaces of the application, and not that of Rowlock, which says why', async () => {
    const { rowlock } = await rig({ authenticate: byCookie });
    const http = createServer();
    const own = new Server(http, { cors: { origin: '*' } });
    own.of('/open').on('connection', (socket) => socket.emit('hello'));
    rowlock.attach(own);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => own.close());
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    expect(await outcome(open(`${url}/open`, 'websocket', { origin: FOREIGN }))).toBe('connected');
    for (const transport of ['websocket', 'polling'] as const) {
      const refusal = await outcome(open(url + CHANNEL_NAMESPACE, transport, { origin: FOREIGN }));
      expect(refusal).toContain('add its origin to `allowedOrigins`');
    }
  });
});
