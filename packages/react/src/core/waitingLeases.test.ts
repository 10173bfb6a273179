import { describe, expect, it } from 'vitest';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { ann, bo, lyon, memoryStorage, paris, sent, setUpTabs } from '../testSupport/clientFixture.ts';
import { createRowlockClient } from './client.ts';
import type { LeaseState } from './leaseHandle.ts';

/** Ann's tab waits for a record that Bo holds. */
async function setUpWait() {
  const setup = setUpTabs();
  const held = setup.server.hold([paris], { actor: bo, label: 'Edit Paris' });
  const tab = setup.openTab();
  const lease = tab.client.leases.hold([paris, lyon], { onConflict: 'wait' });
  await setup.clock.turn(0);
  return { ...setup, ...tab, held, lease };
}

describe('a lease that waits', () => {
  it('A wait shows its position and what blocks it, and then the lease is held', async () => {
    const { clock, server, client, held, lease } = await setUpWait();
    expect(lease.getState()).toMatchObject({
      kind: 'waiting',
      position: 1,
      isResuming: false,
      conflicts: [{ records: [paris], lease: { holder: { actor: bo } } }],
    });
    expect(client.leases.holds([paris], 'exclusive')).toBe(false);
    expect(client.leases.headers([paris])).toEqual({});
    server.free(held);
    await clock.turn(0);
    expect(lease.getState()).toMatchObject({ kind: 'held', lease: { recordCount: 2 } });
    expect(await lease.settled).toMatchObject({ ok: true, records: [paris, lyon], conflicts: [] });
    expect(lease.isConfirmed()).toBe(true);
    expect(client.leases.holds([paris], 'exclusive')).toBe(true);
  });

  it('An acquire with wait resolves when the wait is over', async () => {
    const { clock, server, openTab } = setUpTabs();
    const held = server.hold([paris], { actor: bo });
    const acquired = openTab().client.leases.acquire([paris], { onConflict: 'wait' });
    await clock.turn(1_000);
    server.free(held);
    await clock.turn(0);
    expect(await acquired).toMatchObject({ ok: true, lease: { recordCount: 1 } });
  });

  it('Each new position is shown', async () => {
    const { clock, server, openTab, held, lease } = await setUpWait();
    const other = openTab(bo, memoryStorage()).client.leases.hold([paris], { onConflict: 'wait' });
    const positions: unknown[] = [];
    const note = (state: LeaseState) =>
      positions.push(state.kind === 'waiting' ? state.position : state.kind);
    await clock.turn(0);
    note(other.getState());
    other.subscribe(() => note(other.getState()));
    await lease.release('now');
    await clock.turn(0);
    server.free(held);
    await clock.turn(0);
    expect(positions).toEqual([2, 1, 'held']);
  });

  it('A wait that is released stops, and its promise resolves', async () => {
    const { clock, server, held, lease } = await setUpWait();
    void lease.release('now');
    await clock.turn(0);
    server.free(held);
    await clock.turn(0);
    expect(server.leasesOn(paris)).toEqual([]);
    expect(lease.getState()).toEqual({ kind: 'released' });
    expect(await lease.settled).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
  });

  it('A wait survives a reconnect, and shows meanwhile that it is being resumed', async () => {
    const { clock, server, transport, held, lease } = await setUpWait();
    transport.disconnect();
    await clock.turn(0);
    expect(lease.getState()).toMatchObject({ kind: 'waiting', position: 1, isResuming: true });
    transport.reconnect();
    await clock.turn(0);
    expect(lease.getState()).toMatchObject({ kind: 'waiting', position: 1, isResuming: false });
    server.free(held);
    await clock.turn(0);
    expect(lease.getState().kind).toBe('held');
    expect(sent(server, 'acquire')).toHaveLength(1);
  });

  it('A lease that comes into force during a lost connection is held after it', async () => {
    const { clock, server, transport, held, lease } = await setUpWait();
    transport.disconnect();
    server.free(held);
    transport.reconnect();
    await clock.turn(0);
    expect(lease.getState().kind).toBe('held');
    expect(await lease.settled).toMatchObject({ ok: true });
  });

  it('A wait survives a reload', async () => {
    const { clock, server, openTab, transport, held } = await setUpWait();
    transport.close();
    const { client } = openTab();
    const again = client.leases.hold([paris, lyon], { onConflict: 'wait' });
    await clock.turn(0);
    expect(again.getState()).toMatchObject({ kind: 'waiting', position: 1, isResuming: false });
    expect(sent(server, 'acquire')).toHaveLength(1);
    server.free(held);
    await clock.turn(0);
    expect(await again.settled).toMatchObject({ ok: true });
  });

  it('A wait that the server has lost begins again', async () => {
    const { clock, server, lease, held } = await setUpWait();
    const { state } = { state: lease.getState() };
    if (state.kind !== 'waiting') throw new Error(state.kind);
    server.free(state.leaseSecret.leaseId, 'expired');
    await clock.turn(0);
    expect(lease.getState()).toMatchObject({ kind: 'waiting', position: 1 });
    server.free(held);
    await clock.turn(0);
    expect(lease.getState().kind).toBe('held');
  });

  it('A wait that somebody ends is lost, with by whom and why', async () => {
    const { clock, server, lease } = await setUpWait();
    const state = lease.getState();
    if (state.kind !== 'waiting') throw new Error(state.kind);
    server.free(state.leaseSecret.leaseId, 'taken over', { by: bo, why: 'Maintenance' });
    await clock.turn(0);
    expect(lease.getState()).toEqual({ kind: 'lost', reason: 'taken over', by: bo, why: 'Maintenance' });
  });

  it('A tab that holds what another waits for, and would wait for it, is refused', async () => {
    const { clock, openTab } = setUpTabs();
    const [one, two] = [openTab(), openTab(bo, memoryStorage())];
    one.client.leases.hold([paris]);
    two.client.leases.hold([lyon]);
    await clock.turn(0);
    one.client.leases.hold([lyon], { onConflict: 'wait' });
    await clock.turn(0);
    const refused = two.client.leases.hold([paris], { onConflict: 'wait' });
    await clock.turn(0);
    expect(await refused.settled).toMatchObject({
      ok: false,
      error: { code: 'conflict', message: expect.stringContaining('never end') },
    });
  });

  it('The server asks nothing of a tab that waits: it confirms the wait every few seconds', async () => {
    const { clock, server, client } = await setUpWait();
    const before = sent(server, 'confirm').length;
    await clock.turn(10_000);
    expect(sent(server, 'confirm').length - before).toBeGreaterThanOrEqual(3);
    expect(client.connection.status).toBe('live');
  });

  it('Another user who signs in ends the wait of the user before', async () => {
    const { clock, server, transport, held, lease } = await setUpWait();
    transport.disconnect();
    transport.signInAs(bo);
    transport.reconnect();
    await clock.turn(0);
    server.free(held);
    await clock.turn(0);
    expect(server.leasesOn(paris).filter(({ holder }) => holder.actor.id === ann.id)).toEqual([]);
    expect(lease.getState().kind).not.toBe('resuming');
  });
});

it('A position whose event was lost is shown with the next answer about the lease', async () => {
  const { clock, server, openTab } = setUpTabs();
  const held = server.hold([paris], { actor: bo });
  const first = openTab(bo, memoryStorage()).client.leases.hold([paris], { onConflict: 'wait' });
  await clock.turn(0);
  const transport = createMemoryTransport({ server });
  const client = createRowlockClient({
    clock,
    storage: null,
    transport: {
      identify: (getSession) => transport.identify(getSession),
      connect: () => transport.connect(),
      close: () => transport.close(),
      request: (name, message, onAnswer) => transport.request(name, message, onAnswer),
      on: (listener) => transport.on((event) => event.type !== 'leaseWaiting' && listener(event)),
    },
  });
  client.start();
  const lease = client.leases.hold([paris], { onConflict: 'wait' });
  await clock.turn(0);
  expect(lease.getState()).toMatchObject({ kind: 'waiting', position: 2 });
  await first.release('now');
  await clock.turn(0);
  expect(lease.getState()).toMatchObject({ position: 2 });
  await clock.turn(5_000);
  expect(lease.getState()).toMatchObject({ position: 1 });
  expect(server.leasesOn(paris)).toMatchObject([{ id: held }]);
});
