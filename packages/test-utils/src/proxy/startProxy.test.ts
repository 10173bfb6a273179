import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../freePort.ts';
import { trackLeaks } from '../trackLeaks.ts';
import { until } from '../until.ts';
import { startProxy, type TestProxy } from './startProxy.ts';

/** One end of a connection, and what it has seen. */
interface End {
  socket: Socket;
  text: string;
  isEnded: boolean;
  isClosed: boolean;
}

const servers: Server[] = [];
const ends: End[] = [];
let proxy: TestProxy;
/** The server's ends of all connections, in their order. */
let served: End[];

function watch(socket: Socket): End {
  const end: End = { socket, text: '', isEnded: false, isClosed: false };
  socket.setEncoding('utf8').on('data', (text: string) => {
    end.text += text;
  });
  socket.on('end', () => {
    end.isEnded = true;
  });
  socket.on('close', () => {
    end.isClosed = true;
  });
  socket.on('error', () => {}); // connections are broken on purpose
  ends.push(end);
  return end;
}

async function listen(onConnection: (end: End) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => onConnection(watch(socket)));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function dial(): Promise<{ client: End; server: End }> {
  const before = served.length;
  const client = watch(connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true }));
  const server = await until(() => served[before], { what: 'the connection to reach the server' });
  return { client, server };
}

beforeEach(async () => {
  served = [];
  proxy = await startProxy(await listen((end) => served.push(end)));
});
afterEach(async () => {
  await proxy.close();
  for (const { socket } of ends.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

test('the proxy delivers and counts the bytes of both sides, in pieces of any size', async () => {
  const { client, server } = await dial();
  const question = 'x'.repeat(3_000_000);
  client.socket.write(question);
  await until(() => server.text === question);
  server.socket.write('answer');
  await until(() => client.text === 'answer');
  expect(proxy.counts()).toEqual({
    connections: 1,
    openConnections: 1,
    toServer: { bytes: 3_000_000, droppedBytes: 0 },
    toClient: { bytes: 6, droppedBytes: 0 },
  });
});

test('an end in one direction leaves the other direction open', async () => {
  const { client, server } = await dial();
  client.socket.end('last words');
  await until(() => server.isEnded);
  server.socket.end('heard');
  await until(() => client.isClosed && server.isClosed);
  expect([server.text, client.text]).toEqual(['last words', 'heard']);
  await until(() => proxy.counts().openConnections === 0);
});

test('dropToServer keeps bytes from the server, while the client still receives', async () => {
  const { client, server } = await dial();
  proxy.dropToServer();
  client.socket.write('lost');
  await until(() => proxy.counts().toServer.droppedBytes === 4);
  server.socket.write('hello?');
  await until(() => client.text === 'hello?');
  expect(server).toMatchObject({ text: '', isEnded: false, isClosed: false });
});

test('dropToClient keeps bytes from the client, while the server still receives', async () => {
  const { client, server } = await dial();
  proxy.dropToClient();
  client.socket.write('do it');
  await until(() => server.text === 'do it');
  server.socket.write('done');
  await until(() => proxy.counts().toClient.droppedBytes === 4);
  expect(client).toMatchObject({ text: '', isEnded: false, isClosed: false });
});

test('a client that resets while its bytes are dropped leaves the server a half-open connection until heal', async () => {
  const { client, server } = await dial();
  proxy.dropToServer();
  client.socket.resetAndDestroy();
  server.socket.write('still there?');
  await until(() => proxy.counts().toClient.bytes === 12);
  expect(server).toMatchObject({ isEnded: false, isClosed: false });
  expect(proxy.counts().openConnections).toBe(1);
  proxy.heal();
  await until(() => server.isEnded);
  expect(proxy.counts().openConnections).toBe(0);
});

test('heal ends a connection that has a gap and keeps one that has no gap', async () => {
  const broken = await dial();
  const whole = await dial();
  proxy.dropToServer();
  broken.client.socket.write('lost');
  await until(() => proxy.counts().toServer.droppedBytes === 4);
  proxy.heal();
  await until(() => broken.client.isEnded && broken.server.isEnded);
  whole.client.socket.write('heard');
  await until(() => whole.server.text === 'heard');
});

test('a delay applies to the direction that it names', async () => {
  const { client, server } = await dial();
  proxy.delay({ toServerMs: 150 });
  const startedAtMs = performance.now();
  client.socket.write('slow');
  server.socket.write('fast');
  await until(() => client.text === 'fast', { intervalMs: 1 });
  expect(server.text).toBe('');
  await until(() => server.text === 'slow', { intervalMs: 1 });
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(150);
});

test('bytes keep their order when the delay becomes shorter', async () => {
  const { client, server } = await dial();
  proxy.delay({ toServerMs: 100 });
  client.socket.write('first ');
  await until(() => proxy.counts().toServer.bytes === 6, { intervalMs: 1 });
  proxy.delay({ toServerMs: 0 });
  client.socket.end('second');
  await until(() => server.isEnded);
  expect(server.text).toBe('first second');
});

test('an endless delay keeps everything until heal, which delivers all of it', async () => {
  const { client, server } = await dial();
  proxy.delay({ toServerMs: Number.POSITIVE_INFINITY });
  client.socket.write('one ');
  await until(() => proxy.counts().toServer.bytes === 4);
  client.socket.end('two');
  await until(() => proxy.counts().toServer.bytes === 7);
  server.socket.write('quiet here');
  await until(() => client.text === 'quiet here');
  expect(server.text).toBe('');
  proxy.heal();
  await until(() => server.isEnded);
  expect(server.text).toBe('one two');
});

test('a cut ends all connections and refuses new ones until heal', async () => {
  const { client, server } = await dial();
  proxy.cut();
  await until(() => client.isEnded && server.isEnded);
  const refused = watch(connect(proxy.port, '127.0.0.1'));
  await until(() => refused.isClosed);
  expect(served).toHaveLength(1);
  proxy.heal();
  const again = await dial();
  again.client.socket.write('back');
  await until(() => again.server.text === 'back');
  expect(proxy.counts().connections).toBe(2);
});

test('withholdUpgrades refuses WebSockets, or leaves them unanswered, and passes on the rest until heal', async () => {
  const ask = (request: string) => {
    const client = watch(connect(proxy.port, '127.0.0.1'));
    client.socket.write(`GET / HTTP/1.1\r\n${request}\r\n\r\n`);
    return client;
  };
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket';
  proxy.withholdUpgrades('refuse');
  const refused = ask(upgrade);
  await until(() => refused.isClosed);
  expect(refused.text).toContain('426');
  proxy.withholdUpgrades('ignore');
  const ignored = ask(upgrade);
  ask('Accept: text/html');
  await until(() => served[0]?.text.includes('text/html'));
  expect(ignored).toMatchObject({ text: '', isClosed: false });
  proxy.heal();
  ask(upgrade);
  await until(() => served[1]?.text.includes('websocket'));
});

test('retarget sends new connections to another server and keeps old ones', async () => {
  const before = await dial();
  const successors: End[] = [];
  proxy.retarget(await listen((end) => successors.push(end)));
  watch(connect(proxy.port, '127.0.0.1')).socket.write('new');
  await until(() => successors[0]?.text === 'new');
  before.client.socket.write('old');
  await until(() => before.server.text === 'old');
});

test('a connection ends if no server listens behind the proxy', async () => {
  proxy.retarget(await freePort());
  const client = watch(connect(proxy.port, '127.0.0.1'));
  await until(() => client.isClosed);
  await until(() => proxy.counts().openConnections === 0);
});

test('close ends delayed and half-open connections and leaves nothing open', async () => {
  const leaks = trackLeaks();
  const own = await startProxy(await listen((end) => served.push(end)));
  own.delay({ toClientMs: 60_000 });
  const client = watch(connect(own.port, '127.0.0.1'));
  const server = await until(() => served[0]);
  server.socket.write('on its way');
  await until(() => own.counts().toClient.bytes === 10);
  own.dropToServer();
  client.socket.destroy();
  await own.close();
  await until(() => server.isEnded);
  expect(own.counts().openConnections).toBe(0);
  server.socket.destroy();
  await new Promise((resolve) => servers.at(-1)?.close(resolve));
  servers.pop();
  await leaks.assertNone();
});
