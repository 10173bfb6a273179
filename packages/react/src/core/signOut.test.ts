import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  bo,
  lyon,
  paris,
  sent,
  setUpClient,
  setUpObserver,
  setUpTabs,
  watch,
} from '../testSupport/clientFixture.ts';

/** The requests that the client sends beside the live channel. */
function noteRequests(answer: (url: string, request: RequestInit) => Promise<{ ok: boolean }>) {
  const request = vi.fn(answer);
  vi.stubGlobal('fetch', request);
  return request;
}
afterEach(() => vi.unstubAllGlobals());

const names = ({ server }: ReturnType<typeof setUpClient>) => server.received.map(({ name }) => name);

describe('signing out', () => {
  it('A sign-out ends all leases of the tab, and disconnects it', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client } = openTab();
    const leases = [client.leases.hold([paris]), client.leases.hold([lyon])];
    await clock.turn(0);
    const before = client.leases.sessionHeaders();
    const done = client.signOut();
    await clock.turn(0);
    await done;
    expect(leases.map((lease) => lease.getState())).toEqual(
      Array(2).fill({ kind: 'lost', reason: 'signed out' }),
    );
    expect(server.leasesOn(paris)).toEqual([]);
    expect(server.leasesOn(lyon)).toEqual([]);
    expect(client.connection.current).toMatchObject({
      status: 'refused',
      error: { code: 'unauthenticated' },
    });
    expect(client.leases.sessionHeaders()).not.toEqual(before);
    expect(client.leases.headers([paris])).toEqual({});
  });

  it('Nothing of the former user is left for a reload', async () => {
    const { clock, area, openTab } = setUpTabs();
    const { client } = openTab();
    client.leases.hold([paris]);
    await clock.turn(0);
    const { 'Rowlock-Session': session = '' } = client.leases.sessionHeaders();
    void client.signOut();
    await clock.turn(0);
    expect([...area.content.values()].join()).not.toContain(session.split('.')[0]);
    expect([...area.content.values()].join()).not.toContain(paris);
  });

  it('The tab stays disconnected until somebody has signed in', async () => {
    const { clock, transport, client, server } = setUpClient();
    client.start();
    await clock.turn(0);
    void client.signOut();
    await clock.turn(60_000);
    expect(client.connection.status).toBe('refused');
    expect(names({ clock, transport, client, server }).at(-1)).toBe('endSession');
    transport.signInAs(bo);
    client.connection.reconnect();
    await clock.turn(0);
    expect(client.connection.actor).toEqual(bo);
  });

  it('A form that holds its rows acquires them again for the user who signs in next', async () => {
    const { clock, server, transport, client, observer } = setUpObserver([paris]);
    observer.hold();
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
    void client.signOut();
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ error: { code: 'unauthenticated' } });
    expect(sent(server, 'acquire')).toHaveLength(1);
    transport.signInAs(bo);
    client.connection.reconnect();
    await clock.turn(1_000);
    expect(observer.getState().status).toBe('held');
    expect(server.leasesOn(paris)).toMatchObject([{ holder: { actor: bo } }]);
  });

  it('A request that is under way is refused, and the lease that it got is released', async () => {
    const { clock, server, transport, client } = setUpClient({ delayMs: 100 });
    client.start();
    await clock.turn(200);
    const lease = client.leases.hold([paris]);
    await clock.turn(10);
    expect(server.leasesOn(paris)).toHaveLength(1);
    transport.disconnect();
    noteRequests(async () => ({ ok: false }));
    void client.signOut();
    await clock.turn(200);
    expect(lease.getState().kind).toBe('refused');
  });
});

describe('signing out without a connection', () => {
  it('The session is ended by a request that outlives the page', async () => {
    const { clock, transport, client } = setUpClient();
    const request = noteRequests(async () => ({ ok: true }));
    client.start();
    client.leases.hold([paris]);
    await clock.turn(0);
    const headers = client.leases.sessionHeaders();
    transport.disconnect();
    await client.signOut();
    expect(request.mock.calls).toEqual([
      ['/rowlock/session/end', { method: 'POST', headers, keepalive: true, signal: expect.any(AbortSignal) }],
    ]);
    expect(client.leases.headers([paris])).toEqual({});
  });

  it('A silent connection delays a sign-out by no more than 2 s', async () => {
    const { clock, transport, client } = setUpClient();
    const request = noteRequests(async () => ({ ok: true }));
    client.start();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    transport.cutSilently();
    const done = client.signOut();
    await clock.turn(0);
    expect(lease.getState()).toEqual({ kind: 'lost', reason: 'signed out' });
    expect(request).not.toHaveBeenCalled();
    await clock.turn(2_000);
    await done;
    expect(request).toHaveBeenCalledTimes(1);
  });

  it('Without any network, the next user of the tab meets no lease of the user before', async () => {
    const { clock, server, transport, client } = setUpClient();
    noteRequests(() => Promise.reject(new TypeError('no network')));
    client.start();
    watch(client, paris);
    client.leases.hold([paris]);
    await clock.turn(0);
    transport.disconnect();
    await client.signOut();
    expect(server.leasesOn(paris)).toHaveLength(1);
    transport.signInAs(bo);
    transport.reconnect();
    client.connection.reconnect();
    await clock.turn(0);
    const outcome = await client.leases.acquire([paris]);
    expect(outcome).toMatchObject({ ok: true });
    expect(server.leasesOn(paris)).toMatchObject([{ holder: { actor: bo } }]);
  });

  it('A network that swallows the request delays a sign-out by no more than 7 s', async () => {
    const { clock, transport, client } = setUpClient();
    const request = noteRequests(
      (_url, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    );
    client.start();
    client.leases.hold([paris]);
    await clock.turn(0);
    transport.cutSilently();
    let isDone = false;
    void client.signOut().then(() => {
      isDone = true;
    });
    await clock.turn(2_000);
    expect(request).toHaveBeenCalledTimes(1);
    await clock.turn(5_000);
    expect(isDone).toBe(true);
    expect(clock.pending()).toBe(0);
  });

  it('The connection is ended before the request is sent, and does not come back by itself', async () => {
    const { clock, server, transport, client } = setUpClient();
    const request = noteRequests(() => new Promise(() => {}));
    client.start();
    client.leases.hold([paris]);
    await clock.turn(0);
    transport.disconnect();
    void client.signOut();
    await clock.turn(0);
    expect(request).toHaveBeenCalledTimes(1);
    const sentBefore = server.received.length;
    transport.reconnect();
    await clock.turn(60_000);
    expect(client.connection.status).toBe('refused');
    expect(server.received.slice(sentBefore)).toEqual([]);
  });

  it('A refusal of the old connection after the sign-out changes nothing', async () => {
    const { clock, transport, client } = setUpClient();
    noteRequests(async () => ({ ok: true }));
    client.start();
    await clock.turn(0);
    transport.cutSilently();
    void client.signOut();
    await clock.turn(100);
    transport.refuse('Sign in.');
    expect(client.connection.current).toMatchObject({
      error: { message: expect.stringMatching(/signed out/) },
    });
  });

  it('The end of a session leaves the releases of the next one to be sent', async () => {
    const { clock, server, transport, client } = setUpClient();
    let end = (_answer: { ok: boolean }) => {};
    noteRequests(
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    client.start();
    client.leases.hold([paris]);
    await clock.turn(0);
    transport.disconnect();
    const done = client.signOut();
    await clock.turn(0);
    transport.signInAs(bo);
    transport.reconnect();
    client.connection.reconnect();
    await clock.turn(0);
    const lease = client.leases.hold([lyon]);
    await clock.turn(0);
    expect(server.leasesOn(lyon)).toHaveLength(1);
    transport.disconnect();
    void lease.release('now');
    await clock.turn(0);
    end({ ok: true });
    await done;
    transport.reconnect();
    await clock.turn(0);
    expect(server.leasesOn(lyon)).toEqual([]);
  });

  it('A sign-in that comes at once keeps its own connection', async () => {
    const { clock, transport, client } = setUpClient();
    noteRequests(async () => ({ ok: true }));
    client.start();
    await clock.turn(0);
    transport.cutSilently();
    const done = client.signOut();
    await clock.turn(100);
    transport.signInAs(bo);
    transport.reconnect();
    client.connection.reconnect();
    await clock.turn(5_000);
    await done;
    expect(client.connection.current).toMatchObject({ status: 'live', hello: { actor: bo } });
  });
});

describe('a user who is signed out elsewhere', () => {
  it('The form shows that it lost its rows, and holds them again after the sign-in', async () => {
    const losses: string[] = [];
    const { clock, server, transport, client, observer } = setUpObserver([paris], {
      onLost: (reason) => losses.push(reason),
    });
    observer.hold();
    await clock.turn(0);
    server.sessions.disconnect('ann');
    await clock.turn(0);
    expect(losses).toEqual(['signed out']);
    expect(client.connection.status).toBe('refused');
    expect(observer.getState()).toMatchObject({ isStale: true });
    transport.accept();
    client.connection.reconnect();
    await clock.turn(1_000);
    expect(observer.getState()).toMatchObject({ status: 'held', isStale: false });
  });
});
