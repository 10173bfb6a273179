import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { bo, lyon, paris, sent, setUpTabs } from '../testSupport/clientFixture.ts';

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

describe('a lost answer about the records of a lease', () => {
  /** A tab with a lease on Paris and Lyon, whose answers take 1 s from now on. */
  async function setUpSlow() {
    const setup = setUpTabs();
    const tab = setup.openTab();
    const lease = tab.client.leases.hold([paris, lyon]);
    await setup.clock.turn(0);
    setup.server.delayMs = 1_000;
    const reconnect = async () => {
      tab.transport.disconnect();
      setup.server.delayMs = 0;
      tab.transport.reconnect();
      await setup.clock.turn(0);
    };
    return { ...setup, ...tab, lease, reconnect };
  }

  it('The resumed lease covers what an extension added before its answer was lost', async () => {
    const { clock, client, server, lease, reconnect } = await setUpSlow();
    const extended = lease.extend([nice]);
    await clock.turn(100);
    await reconnect();
    expect(await extended).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(lease.records).toEqual([paris, lyon, nice]);
    expect(client.leases.holds([nice], 'exclusive')).toBe(true);
    expect(client.leases.hold([nice, paris, lyon]).getState().kind).toBe('held');
    expect(sent(server, 'acquire')).toHaveLength(1);
  });

  it('The resumed lease no longer covers what a release removed before its answer was lost', async () => {
    const { clock, client, server, lease, reconnect } = await setUpSlow();
    const released = lease.releaseRecords([paris]);
    await clock.turn(100);
    await reconnect();
    expect(await released).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(lease.records).toEqual([lyon]);
    expect(client.leases.holds([paris], 'exclusive')).toBe(false);
    expect(client.leases.headers([paris])).toEqual({});
    expect(client.leases.hold([paris, lyon]).getState().kind).toBe('acquiring');
    await clock.turn(0);
    expect(sent(server, 'acquire')).toHaveLength(2);
  });

  it('A page that was reloaded before the answer came knows the records, too', async () => {
    const { clock, server, openTab, transport, lease } = await setUpSlow();
    void lease.releaseRecords([paris]);
    await clock.turn(100);
    transport.close();
    server.delayMs = 0;
    const { client } = openTab();
    await clock.turn(0);
    expect(client.leases.hold([lyon]).getState().kind).toBe('held');
    expect(client.leases.headers([paris])).toEqual({});
  });
});

describe('a lease whose records have changed', () => {
  it('A request for its old records gets a lease of its own, though another lease has its new ones', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client } = openTab();
    const mode = 'shared';
    const both = client.leases.hold([paris, lyon], { mode });
    const changed = client.leases.hold([paris], { mode });
    await clock.turn(0);
    void changed.extend([lyon]);
    await clock.turn(0);
    const again = client.leases.hold([paris], { mode });
    await clock.turn(0);
    expect(again.records).toEqual([paris]);
    expect(changed.records).toEqual([paris, lyon]);
    expect(sent(server, 'acquire')).toHaveLength(3);
    await both.release('now');
    await changed.release('now');
    expect(server.leasesOn(lyon)).toEqual([]);
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('A reload resumes each of two leases on the same records', async () => {
    const { clock, server, openTab } = setUpTabs();
    const { client, transport } = openTab();
    const mode = 'shared';
    client.leases.hold([paris, lyon], { mode });
    const changed = client.leases.hold([paris], { mode });
    await clock.turn(0);
    void changed.extend([lyon]);
    await clock.turn(0);
    transport.close();
    openTab().client.leases.hold([paris, lyon], { mode });
    await clock.turn(0);
    expect(sent(server, 'resume')).toHaveLength(2);
    expect(sent(server, 'acquire')).toHaveLength(2);
  });
});
