/** Several servers behind the proxies of `examples/proxies`. */
import { CHANNEL_NAMESPACE, type Hello, type View } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatewayFixture } from '../fixtures/gatewayFixture.ts';
import { newNamespace, type Rig } from '../fixtures/rig.ts';
import { PROXY_PROGRAMS, type ProxyProgram, startProxyServer } from './startProxyServer.ts';

const { rig } = gatewayFixture();
const SESSION = `tab-of-ann-${'a'.repeat(16)}.${'s'.repeat(24)}`;

async function behind(program: ProxyProgram, isSticky: boolean) {
  const namespace = newNamespace();
  const servers = [await rig({ namespace }), await rig({ namespace })] as const;
  const url = await startProxyServer(program, [servers[0].url, servers[1].url], { isSticky });
  const answers = async () => (await fetch(`${url}/rowlock/health`).catch(() => undefined))?.status === 200;
  await until(answers, { what: `${program} to serve`, timeoutMs: 15_000 });
  return { servers, url };
}

/** Connects as a page of the proxy's own origin. */
async function openPage(url: string, user: string, transport: 'websocket' | 'polling', session?: string) {
  const socket: Socket = io(url + CHANNEL_NAMESPACE, {
    auth: { token: user, ...(session !== undefined && { rowlockSession: session }) },
    transports: [transport],
    extraHeaders: { origin: url },
    forceNew: true,
    // Keeps the cookie by which HAProxy knows the page, as a browser does.
    withCredentials: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
  });
  const page = { socket, hellos: [] as Hello[], views: [] as View[] };
  socket.on('hello', (hello: Hello) => page.hellos.push(hello));
  socket.on('changes', (view: View) => page.views.push(view));
  // If the server ends or refuses a connection, Socket.IO does not reconnect by itself.
  let isOpen = true;
  onTestFinished(() => {
    isOpen = false;
    socket.disconnect();
  });
  const connectAgain = () => setTimeout(() => isOpen && !socket.active && socket.connect(), 50);
  socket.on('disconnect', connectAgain);
  socket.on('connect_error', connectAgain);
  await until(() => page.hellos.length > 0, { what: `a connection by ${transport}`, timeoutMs: 15_000 });
  return page;
}

const countAt = async ({ rowlock }: Rig) => (await rowlock.measure()).process.gateway.socketCount;

describe.each(PROXY_PROGRAMS)('%s', (program) => {
  it.each([true, false])(
    'a page by WebSocket sees a lock of another server (sticky: %s)',
    async (isSticky) => {
      const { servers, url } = await behind(program, isSticky);
      const page = await openPage(url, 'ann', 'websocket');
      await page.socket.emitWithAck('watch', { records: ['cities/1'] });
      for (const server of servers) {
        const bo = await server.connect('bo');
        const { lease } = await bo.socket.emitWithAck('acquire', { records: ['cities/1'] });
        await until(() => page.views.at(-1)?.records['cities/1']?.length === 1, {
          what: 'the lock to be shown',
        });
        await bo.socket.emitWithAck('release', { leaseId: lease.id, secret: lease.secret });
        await until(() => page.views.at(-1)?.records['cities/1']?.length === 0, {
          what: 'the lock to be gone',
        });
      }
    },
  );

  it.each([true, false])(
    'a page keeps its lease when its server is drained (sticky: %s)',
    async (isSticky) => {
      const { servers, url } = await behind(program, isSticky);
      const page = await openPage(url, 'ann', 'websocket', SESSION);
      const { lease } = await page.socket.emitWithAck('acquire', { records: ['cities/1'] });
      const [own, other] = (await countAt(servers[0])) === 1 ? servers : [servers[1], servers[0]];
      await own.rowlock.close({ drainMs: 500 });
      await new Promise((resolve) => own.close().then(resolve));
      await until(() => page.hellos.length > 1, {
        what: 'a connection to the other server',
        timeoutMs: 15_000,
      });
      expect(await countAt(other)).toBe(1);
      const leaseSecret = { leaseId: lease.id, secret: lease.secret };
      expect(await page.socket.emitWithAck('resume', leaseSecret)).toMatchObject({ ok: true });
    },
  );

  it('a page by polling is served if the proxy keeps it on one server', async () => {
    const { url } = await behind(program, true);
    const page = await openPage(url, 'ann', 'polling');
    const answer = await page.socket.emitWithAck('acquire', { records: ['cities/1'] });
    expect(answer).toMatchObject({ ok: true });
  });

  it('a page of a foreign origin is refused behind the proxy too', async () => {
    const { url } = await behind(program, false);
    const headers = { origin: 'https://evil.example' };
    expect((await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers })).status).toBe(403);
  });
});
