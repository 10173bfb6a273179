import { describe, expect, it, vi } from 'vitest';
import { bo, lyon, paris, sent, setUpClient, setUpTabs } from '../testSupport/clientFixture.ts';

describe('acquiring', () => {
  it('An acquire holds the records, and the tab shows them as held', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client } = openTab();
    client.records.watch([paris], () => {});
    const lease = client.leases.hold([paris], { label: 'Edit Paris' });
    await clock.turn(0);
    expect(await lease.settled).toMatchObject({ ok: true });
    expect(client.records.getLock(paris)).toMatchObject({
      kind: 'held',
      lease: { holder: { label: 'Edit Paris' } },
    });
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('An acquire waits for the first connection', async () => {
    const { clock, client } = setUpClient();
    const lease = client.leases.hold([paris]);
    await clock.turn(1_000);
    expect(lease.getState().kind).toBe('acquiring');
    client.start();
    await clock.turn(0);
    expect(lease.getState().kind).toBe('held');
  });

  it('A refusal lists every lease that blocks the records', async () => {
    const { clock, server, openTab } = setUpTabs();
    server.hold([paris], { actor: bo, label: 'Edit Paris' });
    const { client } = openTab();
    const lease = client.leases.hold([paris, lyon]);
    await clock.turn(0);
    expect(await lease.settled).toMatchObject({
      ok: false,
      error: {
        code: 'conflict',
        conflicts: [{ recordCount: 1, records: [paris], lease: { holder: { actor: bo } } }],
      },
    });
    expect(server.leasesOn(lyon)).toEqual([]);
  });

  it('An acquire is refused at once while the connection is lost', async () => {
    const { clock, openTab } = setUpTabs();
    const { client, transport } = openTab();
    await clock.turn(0);
    transport.disconnect();
    expect(await client.leases.hold([paris]).settled).toMatchObject({
      ok: false,
      error: { code: 'unavailable' },
    });
  });

  it('Two owners of the same records send one acquire, and the last of them releases', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client } = openTab();
    const first = client.leases.hold([paris, lyon]);
    const second = client.leases.hold([lyon, paris]);
    await clock.turn(0);
    expect(sent(server, 'acquire')).toHaveLength(1);
    await first.release('now');
    expect(server.leasesOn(paris)).toHaveLength(1);
    void second.release('now');
    await clock.turn(0);
    expect(server.leasesOn(paris)).toHaveLength(0);
  });

  it('A lease that arrives after its owner has gone is released at once', async () => {
    const { clock, server, openTab } = setUpTabs();
    server.delayMs = 1_000;
    const { client } = openTab();
    await clock.turn(1_000);
    const lease = client.leases.hold([paris]);
    await clock.turn(100);
    void lease.release('soon');
    await clock.turn(500);
    expect(server.leasesOn(paris)).toHaveLength(1);
    await clock.turn(2_000);
    expect(server.leasesOn(paris)).toHaveLength(0);
  });

  it('A request whose last owner has gone before it could be sent is not sent', async () => {
    const { clock, server, client } = setUpClient();
    const lease = client.leases.hold([paris]);
    await lease.release('now');
    client.start();
    await clock.turn(1_000);
    expect(lease.getState().kind).toBe('released');
    expect(await lease.settled).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
    expect(sent(server, 'acquire')).toEqual([]);
  });

  it.for([
    [true, false],
    [false, true],
  ])('A request may move records if one of its owners lets it: %j', async (owners) => {
    const { clock, server, client } = setUpClient();
    for (const moves of owners) client.leases.hold([paris], { moves });
    client.start();
    await clock.turn(0);
    expect(sent(server, 'acquire')).toEqual([expect.not.objectContaining({ moves: false })]);
  });

  it('A request that no owner lets move records does not', async () => {
    const { clock, server, client } = setUpClient();
    client.leases.hold([paris], { moves: false });
    client.start();
    await clock.turn(0);
    expect(sent(server, 'acquire')).toMatchObject([{ moves: false }]);
  });

  it('A remount keeps the lease', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client } = openTab();
    const first = client.leases.hold([paris]);
    await clock.turn(0);
    void first.release('soon');
    await clock.turn(100);
    const second = client.leases.hold([paris]);
    await clock.turn(10_000);
    expect(second.getState().kind).toBe('held');
    expect(sent(server, 'acquire')).toHaveLength(1);
    expect(sent(server, 'release')).toHaveLength(0);
  });

  it('A header proves the lease to guarded routes', async () => {
    const { clock, openTab } = setUpTabs();
    const { client } = openTab();
    const lease = client.leases.hold([paris, lyon]);
    await clock.turn(0);
    const result = await lease.settled;
    if (!result.ok) throw new Error('not acquired');
    const leaseSecret = { 'Rowlock-Lease': `${result.lease.id}.${result.lease.secret}` };
    expect(client.leases.headers(result.lease.id)).toEqual(leaseSecret);
    expect(client.leases.headers([paris])).toEqual(leaseSecret);
    expect(client.leases.headers(['cities/3'])).toEqual({});
  });

  it('A release that came too fast is sent again', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client } = openTab();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    server.refuse('release', { code: 'rate_limited', message: 'Slower.' });
    void lease.release('now');
    await clock.turn(0);
    server.refuse('release');
    await clock.turn(2_000);
    expect(server.leasesOn(paris)).toEqual([]);
  });
});

describe('a lost connection', () => {
  it('A lease survives a lost connection, and is resumed with a new secret', async () => {
    const { clock, openTab } = setUpTabs();
    const { client, transport } = openTab();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    const before = client.leases.headers([paris]);
    transport.disconnect();
    expect(lease.getState().kind).toBe('resuming');
    transport.reconnect();
    await clock.turn(0);
    expect(lease.getState().kind).toBe('held');
    expect(client.leases.headers([paris])).not.toEqual(before);
  });

  it('The holder is notified if the lease has ended meanwhile', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client, transport } = openTab();
    const lease = client.leases.hold([paris]);
    const listener = vi.fn();
    lease.subscribe(listener);
    await clock.turn(0);
    transport.disconnect();
    server.free('1', 'closed');
    transport.reconnect();
    await clock.turn(0);
    expect(lease.getState()).toEqual({ kind: 'lost', reason: 'expired' });
    expect(listener).toHaveBeenCalled();
    expect(client.leases.headers([paris])).toEqual({});
  });

  it('The client keeps resuming a lease while the server does not see Redis', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client, transport } = openTab();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    transport.disconnect();
    server.setCertain(false);
    transport.reconnect();
    await clock.turn(0);
    expect(lease.getState().kind).toBe('resuming');
    server.setCertain(true);
    await clock.turn(0);
    expect(lease.getState().kind).toBe('held');
  });

  it.for(['internal', 'rate_limited', 'unavailable'] as const)(
    'The client resumes a lease again after a refusal with %s',
    async (code) => {
      const { clock, server, openTab } = setUpTabs();
      const { client, transport } = openTab();
      const lease = client.leases.hold([paris]);
      await clock.turn(0);
      transport.disconnect();
      server.refuse('resume', { code, message: 'Not now.' });
      transport.reconnect();
      await clock.turn(0);
      expect(lease.getState().kind).toBe('resuming');
      server.refuse('resume');
      await clock.turn(500);
      expect(lease.getState()).toMatchObject({ kind: 'held', lease: { id: '1' } });
    },
  );

  it('The client gives a lease up after a final refusal', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client, transport } = openTab();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    transport.disconnect();
    server.refuse('resume', { code: 'forbidden', message: 'Ann may not acquire cities/1.' });
    transport.reconnect();
    await clock.turn(30_000);
    expect(lease.getState().kind).toBe('lost');
    expect(sent(server, 'resume')).toHaveLength(1);
  });

  it('The holder is notified at once when the server reports a loss', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client } = openTab();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    server.free('1', 'expired');
    await clock.turn(0);
    expect(lease.getState()).toEqual({ kind: 'lost', reason: 'expired' });
  });
});

describe('a new connection on demand', () => {
  it('A new connection keeps the lease of the same user, as after a renewed token', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client } = openTab();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    client.connection.reconnect();
    expect(client.connection.status).toBe('reconnecting');
    await clock.turn(0);
    expect(client.connection.status).toBe('live');
    expect(lease.getState()).toMatchObject({ kind: 'held', lease: { id: '1' } });
    expect(sent(server, 'acquire')).toHaveLength(1);
  });

  it('A new connection ends the leases of the user before, if another one is signed in now', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client, transport } = openTab();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    transport.signInAs(bo);
    client.connection.reconnect();
    await clock.turn(0);
    expect(lease.getState()).toEqual({ kind: 'lost', reason: 'signed out' });
    expect(server.leasesOn(paris)).toEqual([]);
    expect(sent(server, 'resume')).toEqual([]);
    expect(client.leases.headers([paris])).toEqual({});
  });

  it('A form of the new user gets its row when the lease of the user before has ended', async () => {
    const { clock, server, openTab } = setUpTabs();
    const before = openTab();
    before.client.leases.hold([paris]);
    await clock.turn(0);
    before.transport.close();
    const after = openTab(bo);
    const lease = after.client.leases.hold([paris]);
    await clock.turn(0);
    expect(await lease.settled).toMatchObject({ ok: true, lease: { id: '2' } });
    expect(server.leasesOn(paris)).toMatchObject([{ holder: { actor: bo } }]);
  });

  it('A new connection is made after a refusal, but not before the client is started', async () => {
    const { clock, transport, client } = setUpClient();
    client.connection.reconnect();
    await clock.turn(1_000);
    expect(client.connection.status).toBe('connecting');
    transport.refuse('No such user.');
    client.start();
    await clock.turn(0);
    transport.signInAs(bo);
    client.connection.reconnect();
    expect(client.connection.status).toBe('connecting');
    await clock.turn(0);
    expect(client.connection.status).toBe('live');
  });
});
