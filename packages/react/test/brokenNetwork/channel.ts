/**
 * A live channel for tests in a browser: a server in memory behind a real Socket.IO server, and a proxy that breaks the
 * network before it. A process of its own, which a page controls by `fetch`. It ends with its parent.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHANNEL_NAMESPACE, type ErrorBody } from '@rowlock/protocol';
import { startProxy } from '@rowlock/test-utils';
import { Server } from 'socket.io';
import { MemoryServer } from '../../src/testing/memoryServer.ts';
import { MemoryTab } from '../../src/testing/memoryTab.ts';

const ann = { id: 'ann', name: 'Ann' };
const expired: ErrorBody = {
  code: 'unauthenticated',
  message: 'Your session has expired. Sign in again.',
};

const memory = new MemoryServer();
let isSignedIn = true;

// Any page may read that a path is wrong, as at the page's own origin.
const anyPage = { 'access-control-allow-origin': '*' };
const http = createServer((_request, response) => response.writeHead(404, anyPage).end());
const io = new Server(http, { cors: { origin: true } });
const channel = io.of(CHANNEL_NAMESPACE);
channel.use((_socket, next) => {
  next(isSignedIn ? undefined : Object.assign(new Error(expired.message), { data: expired }));
});
channel.on('connection', (socket) => {
  const tab = new MemoryTab(ann, {
    emit(event) {
      if ('payload' in event) socket.emit(event.type, event.payload);
    },
    end(reason) {
      if (reason) socket.emit('closing', reason);
      socket.disconnect(true);
    },
  });
  memory.join(tab);
  socket.onAny((name, message, reply) => memory.answer(tab, name, message, reply));
  socket.on('disconnect', () => memory.leave(tab));
});

const listen = async (server: typeof http): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const proxy = await startProxy(await listen(http));

const actions: Record<string, () => void> = {
  '/cutSilently': () => {
    proxy.dropToServer();
    proxy.dropToClient();
  },
  '/heal': () => proxy.heal(),
  '/refuseUpgrades': () => proxy.withholdUpgrades('refuse'),
  '/ignoreUpgrades': () => proxy.withholdUpgrades('ignore'),
  '/expireSession': () => {
    isSignedIn = false;
    channel.disconnectSockets(true);
  },
  '/signIn': () => {
    isSignedIn = true;
  },
  '/stop': () => setImmediate(() => process.exit()),
};
const control = createServer((request: IncomingMessage, response: ServerResponse) => {
  const act = actions[request.url ?? ''];
  act?.();
  response.writeHead(act ? 204 : 404, anyPage).end();
});

process.on('disconnect', () => process.exit());
process.send?.({
  url: `http://127.0.0.1:${proxy.port}`,
  controlUrl: `http://127.0.0.1:${await listen(control)}`,
});
