import { describe, expect, it } from 'vitest';
import {
  ann,
  bo,
  lyon,
  memoryStorage,
  paris,
  sent,
  setUpClient,
  setUpTabs,
} from '../testSupport/clientFixture.ts';

describe('a takeover', () => {
  it('P12: A takeover is refused by default', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    server.hold([paris], { actor: bo });
    const taken = client.leases.takeOver([paris], { reason: 'Urgent' });
    await clock.turn(0);
    expect(await taken).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(server.leasesOn(paris)).toMatchObject([{ holder: { actor: bo } }]);
  });

  it('The tab that loses its records learns by whom and why', async () => {
    const { clock, server, openTab } = setUpTabs({
      authorize: ({ actor, action }) => action !== 'takeOver' || actor.id === 'bo',
    });
    const [one, two] = [openTab(ann), openTab(bo, memoryStorage())];
    const lost = one.client.leases.hold([paris]);
    await clock.turn(0);
    const taken = two.client.leases.takeOver([paris], { reason: 'Urgent' });
    await clock.turn(0);
    const outcome = await taken;
    expect(outcome).toMatchObject({ ok: true, records: [paris] });
    expect(lost.getState()).toEqual({ kind: 'lost', reason: 'taken over', by: bo, why: 'Urgent' });
    await outcome.release();
    await clock.turn(0);
    expect(server.leasesOn(paris)).toEqual([]);
  });

  it('A takeover ends the wait of the same tab, whose owner then holds the records', async () => {
    const { clock, server, openTab } = setUpTabs({ authorize: () => true });
    server.hold([paris], { actor: bo });
    const { client } = openTab();
    const lease = client.leases.hold([paris], { onConflict: 'wait' });
    await clock.turn(0);
    expect(lease.getState().kind).toBe('waiting');
    void client.leases.takeOver([paris], { reason: 'Urgent' });
    await clock.turn(0);
    expect(lease.getState().kind).toBe('held');
    expect(server.leasesOn(paris)).toHaveLength(1);
    expect(client.leases.hold([paris]).getState().kind).toBe('held');
    await clock.turn(5_000);
    expect(lease.getState().kind).toBe('held');
  });

  it('A refused takeover leaves the wait as it was', async () => {
    const { clock, server, openTab } = setUpTabs();
    const held = server.hold([paris], { actor: bo });
    const { client } = openTab();
    const lease = client.leases.hold([paris], { onConflict: 'wait' });
    await clock.turn(0);
    void client.leases.takeOver([paris], { reason: 'Urgent' });
    await clock.turn(0);
    expect(lease.getState().kind).toBe('waiting');
    server.free(held);
    await clock.turn(0);
    expect(lease.getState().kind).toBe('held');
  });

  it('A wait that ends during a refused takeover ends for its owner', async () => {
    const { clock, server, openTab } = setUpTabs({ delayMs: 100 });
    server.hold([paris], { actor: bo });
    const { client } = openTab();
    await clock.turn(100);
    const lease = client.leases.hold([paris], { onConflict: 'wait' });
    await clock.turn(200);
    const waiting = lease.getState();
    if (waiting.kind !== 'waiting') throw new Error('It does not wait.');
    server.free(waiting.leaseSecret.leaseId, 'ended');
    const taken = client.leases.takeOver([paris], { reason: 'Urgent' });
    await clock.turn(500);
    expect(await taken).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(lease.getState()).toEqual({ kind: 'lost', reason: 'ended' });
  });

  it('A takeover after a reload keeps the lease that the tab held before', async () => {
    const { clock, server, openTab } = setUpTabs({ authorize: () => true });
    const first = openTab();
    first.client.leases.hold([paris]);
    await clock.turn(0);
    first.transport.close();
    const taken = openTab().client.leases.takeOver([paris], { reason: 'Urgent' });
    await clock.turn(0);
    expect(await taken).toMatchObject({ ok: true, lease: { id: server.leasesOn(paris)[0]!.id } });
    expect(sent(server, 'takeOver')).toEqual([]);
  });

  it('A takeover waits until the releases of the time before a reconnect are sent', async () => {
    const { clock, server, openTab } = setUpTabs({ authorize: () => true });
    const { client, transport } = openTab();
    const lease = client.leases.hold([lyon]);
    await clock.turn(0);
    transport.disconnect();
    void lease.release('now');
    await clock.turn(0);
    transport.reconnect();
    const unsubscribe = client.connection.onChange(() => {
      unsubscribe();
      void client.leases.takeOver([paris], { reason: 'Urgent' });
    });
    await clock.turn(0);
    const verbs = server.received.map(({ name }) => name).filter((name) => name !== 'watch');
    expect(verbs).toEqual(['acquire', 'release', 'takeOver']);
  });

  it('A takeover is an activity of the user', async () => {
    const { clock, server, openTab } = setUpTabs({
      authorize: () => true,
      idle: { warnMs: 600_000, releaseMs: 660_000 },
    });
    const { client, transport } = openTab();
    await clock.turn(300_000);
    void client.leases.takeOver([paris], { reason: 'Urgent' });
    await clock.turn(1_000);
    transport.disconnect();
    transport.reconnect();
    await clock.turn(0);
    expect(sent(server, 'resume')).toMatchObject([{ idleMs: 1_000 }]);
  });

  it('A takeover replaces a wait that begins while it is asked for', async () => {
    const { clock, server, openTab } = setUpTabs({ authorize: () => true });
    server.hold([paris], { actor: bo });
    const { client } = openTab();
    const lease = client.leases.hold([paris], { onConflict: 'wait' });
    const taken = client.leases.takeOver([paris], { reason: 'Urgent' });
    await clock.turn(0);
    expect(await taken).toMatchObject({ ok: true });
    expect(lease.getState().kind).toBe('held');
    expect(server.leasesOn(paris)).toHaveLength(1);
    await Promise.all([lease.release('now'), taken.then(({ release }) => release())]);
    await clock.turn(0);
    expect(server.leasesOn(paris)).toEqual([]);
  });

  it('Two takeovers at once send one request', async () => {
    const { clock, server, openTab } = setUpTabs({ authorize: () => true });
    server.hold([paris], { actor: bo });
    const { client } = openTab();
    const lease = client.leases.hold([paris], { onConflict: 'wait' });
    await clock.turn(0);
    const taken = [1, 2].map(() => client.leases.takeOver([paris], { reason: 'Urgent' }));
    await clock.turn(0);
    expect(await Promise.all(taken)).toMatchObject([{ ok: true }, { ok: true }]);
    expect(sent(server, 'takeOver')).toHaveLength(1);
    expect(lease.getState().kind).toBe('held');
  });

  it('A takeover that is under way during a sign-out gives the user nothing', async () => {
    const { clock, server, openTab } = setUpTabs({ authorize: () => true, delayMs: 100 });
    const { client } = openTab();
    await clock.turn(200);
    const taken = client.leases.takeOver([paris], { reason: 'Urgent' });
    await clock.turn(10);
    expect(server.leasesOn(paris)).toHaveLength(1);
    void client.signOut();
    await clock.turn(1_000);
    expect(await taken).toMatchObject({ ok: false, error: { code: 'unauthenticated' } });
    expect(client.leases.headers([paris])).toEqual({});
    expect(server.leasesOn(paris)).toEqual([]);
  });
});
