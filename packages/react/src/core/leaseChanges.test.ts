import type { RecordKey } from '@rowlock/protocol';
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

const nice: RecordKey = 'cities/3';

describe('a request that skips', () => {
  it('The lease covers the free records, and names what blocks the others', async () => {
    const { clock, server, openTab } = setUpTabs();
    server.hold([paris], { actor: bo });
    const { client } = openTab();
    const lease = client.leases.hold([paris, lyon], { onConflict: 'skip' });
    await clock.turn(0);
    expect(await lease.settled).toMatchObject({
      ok: true,
      records: [lyon],
      conflicts: [{ records: [paris] }],
    });
    expect(lease.records).toEqual([lyon]);
    expect(lease.getState()).toMatchObject({ kind: 'held', conflicts: [{ records: [paris] }] });
    expect(client.leases.holds([paris], 'exclusive')).toBe(false);
    expect(client.leases.holds([lyon], 'exclusive')).toBe(true);
  });

  it('A reload resumes the lease on the free records, and acquires nothing again', async () => {
    const { clock, server, openTab } = setUpTabs();
    server.hold([paris], { actor: bo });
    const first = openTab();
    first.client.leases.hold([paris, lyon], { onConflict: 'skip' });
    await clock.turn(0);
    first.transport.close();
    const again = openTab().client.leases.hold([paris, lyon], { onConflict: 'skip' });
    await clock.turn(0);
    expect(again.getState().kind).toBe('held');
    expect(again.records).toEqual([lyon]);
    expect(sent(server, 'acquire')).toHaveLength(1);
  });
});

describe('a lock on a whole resource', () => {
  it('The lease proves every record of the resource', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client } = openTab();
    client.records.watch([paris], () => {});
    await clock.turn(0);
    client.leases.hold(['cities/*']);
    await clock.turn(0);
    expect(client.leases.holds([paris, lyon], 'exclusive')).toBe(true);
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'held' });
    expect(server.leasesOn(lyon)).toHaveLength(1);
  });
});

describe('a held lease', () => {
  async function setUpHeld() {
    const setup = setUpTabs();
    const tab = setup.openTab();
    const lease = tab.client.leases.hold([paris]);
    await setup.clock.turn(0);
    return { ...setup, ...tab, lease };
  }

  it('An extension adds records, which later owners share', async () => {
    const { clock, server, client, lease } = await setUpHeld();
    const extended = lease.extend([lyon]);
    await clock.turn(0);
    expect(await extended).toMatchObject({ ok: true, records: [lyon], lease: { recordCount: 2 } });
    expect(lease.records).toEqual([paris, lyon]);
    expect(client.leases.holds([paris, lyon], 'exclusive')).toBe(true);
    const shared = client.leases.hold([lyon, paris]);
    await clock.turn(0);
    expect(shared.getState().kind).toBe('held');
    expect(sent(server, 'acquire')).toHaveLength(1);
  });

  it('An extension is refused by a conflict, or skips it', async () => {
    const { clock, server, lease } = await setUpHeld();
    server.hold([lyon], { actor: bo });
    const refused = lease.extend([lyon, nice]);
    await clock.turn(0);
    expect(await refused).toMatchObject({ ok: false, error: { code: 'conflict' } });
    const skipped = lease.extend([lyon, nice], { onConflict: 'skip' });
    await clock.turn(0);
    expect(await skipped).toMatchObject({ ok: true, records: [nice], conflicts: [{ records: [lyon] }] });
    expect(lease.records).toEqual([paris, nice]);
  });

  it('A partial release keeps the rest, also over a reload', async () => {
    const { clock, server, openTab, transport, lease } = await setUpHeld();
    void lease.extend([lyon]);
    await clock.turn(0);
    const released = lease.releaseRecords([paris]);
    await clock.turn(0);
    expect(await released).toEqual({ ok: true });
    expect(lease.records).toEqual([lyon]);
    expect(server.leasesOn(paris)).toEqual([]);
    transport.close();
    const again = openTab().client.leases.hold([lyon]);
    await clock.turn(0);
    expect(again.getState()).toMatchObject({ kind: 'held', lease: { recordCount: 1 } });
    expect(sent(server, 'acquire')).toHaveLength(1);
  });

  it('The lease ends when its last record is released', async () => {
    const { clock, server, lease } = await setUpHeld();
    void lease.releaseRecords([paris]);
    await clock.turn(0);
    expect(lease.getState()).toEqual({ kind: 'released' });
    expect(server.leasesOn(paris)).toEqual([]);
  });

  it('Without a connection, a lease can be neither extended nor released in part', async () => {
    const { transport, lease } = await setUpHeld();
    transport.disconnect();
    expect(await lease.extend([lyon])).toMatchObject({ ok: false });
    expect(await lease.releaseRecords([paris])).toMatchObject({ ok: false });
  });
});

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
});
