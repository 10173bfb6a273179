import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it, vi } from 'vitest';
import { bo, lyon, paris, setUpObserver } from '../testSupport/clientFixture.ts';
import { LockObserver } from './lockObserver.ts';

describe('a set of records', () => {
  it('The status changes from pending to free, partly blocked and blocked', async () => {
    const { clock, server, observer } = setUpObserver();
    expect(observer.getState()).toMatchObject({ status: 'pending', isStale: true });
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ status: 'free', isStale: false, conflicts: [] });
    server.hold([paris], { actor: bo });
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({
      status: 'partly-blocked',
      conflicts: [{ recordCount: 1, records: [paris] }],
    });
    server.startTask({ label: 'Normalise names', records: [lyon] });
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({
      status: 'blocked',
      conflicts: [{}, { task: { state: 'running' } }],
    });
  });

  it('The status without records is free', async () => {
    const { clock, observer } = setUpObserver([]);
    expect(observer.getState()).toMatchObject({ status: 'free' });
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ status: 'free', isStale: false });
  });

  it('A shared lease does not block another shared one', async () => {
    const shared = setUpObserver([paris], { mode: 'shared' });
    shared.server.hold([paris], { actor: bo, mode: 'shared' });
    await shared.clock.turn(0);
    expect(shared.observer.getState()).toMatchObject({ status: 'free', conflicts: [] });
    shared.server.hold([paris], { actor: bo, mode: 'exclusive' });
    await shared.clock.turn(0);
    expect(shared.observer.getState().status).toBe('blocked');
  });

  it('One change among 2,000 records calls the listener once', async () => {
    const records = Array.from({ length: 2_000 }, (_, index): RecordKey => `cities/${index}`);
    const { clock, server, observer, listener } = setUpObserver(records);
    await clock.turn(0);
    listener.mockClear();
    server.hold(['cities/1234'], { actor: bo });
    await clock.turn(0);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(observer.getState()).toMatchObject({ status: 'partly-blocked', conflicts: [{ recordCount: 1 }] });
  });
});

describe('records that others release', () => {
  it('Freed records are reported once, with the lock that was on them', async () => {
    const onFreed = vi.fn();
    const { clock, server } = setUpObserver([paris, lyon], { onFreed });
    const lease = server.hold([paris], { actor: bo });
    server.hold([lyon], { actor: bo });
    await clock.turn(0);
    server.free(lease);
    await clock.turn(0);
    expect(onFreed).toHaveBeenCalledTimes(1);
    expect(onFreed.mock.calls[0]?.[0]).toMatchObject([
      { record: paris, before: { kind: 'person', lease: { id: lease } } },
    ]);
  });

  it('Records are not reported as freed if this tab released them, or if somebody else acquired them next', async () => {
    const onFreed = vi.fn();
    const { clock, server, observer } = setUpObserver([paris], { onFreed });
    const lease = server.hold([paris], { actor: bo });
    await clock.turn(0);
    server.hold([paris], { actor: { id: 'cy', name: 'Cy' } });
    server.free(lease);
    await clock.turn(0);
    server.free('2');
    await clock.turn(0);
    expect(onFreed).toHaveBeenCalledTimes(1);
    void observer.acquire();
    await clock.turn(0);
    void observer.release();
    await clock.turn(0);
    expect(onFreed).toHaveBeenCalledTimes(1);
  });
});

describe('acquiring by hand', () => {
  it('The state shows why an acquire was refused until the next one succeeds', async () => {
    const { clock, server, observer } = setUpObserver([paris]);
    const lease = server.hold([paris], { actor: bo });
    await clock.turn(0);
    const refused = observer.acquire();
    await clock.turn(0);
    expect(await refused).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(observer.getState().error?.code).toBe('conflict');
    server.free(lease);
    await clock.turn(0);
    const acquired = observer.acquire();
    await clock.turn(0);
    expect(await acquired).toMatchObject({ ok: true });
    expect(observer.getState()).toMatchObject({ status: 'held' });
    expect(observer.headers()).toHaveProperty('Rowlock-Lease');
  });

  it('An acquire without records is refused', async () => {
    const { observer } = setUpObserver([]);
    expect(await observer.acquire()).toMatchObject({ ok: false, error: { code: 'bad_request' } });
  });

  it('The headers never prove a shared lease', async () => {
    const { clock, client } = setUpObserver([paris]);
    const shared = new LockObserver(client, [paris], { mode: 'shared' });
    void shared.acquire();
    await clock.turn(0);
    expect(shared.getState().status).toBe('held');
    expect(shared.headers()).toEqual({});
  });

  it('The status is not held if no single lease covers the records, since no header could prove it', async () => {
    const { clock, client, observer } = setUpObserver([paris, lyon]);
    const first = client.leases.hold([paris]);
    client.leases.hold([lyon]);
    await clock.turn(0);
    expect(observer.getState().locks.map((lock) => lock.kind)).toEqual(['held', 'held']);
    expect(observer.headers()).toEqual({});
    expect(observer.getState().status).toBe('free');

    const one = new LockObserver(client, [paris]);
    expect(one.getState().status).toBe('held');
    // The server's answer, and its word to those who watch, are still under way.
    void first.release('now');
    expect(client.records.getLock(paris).kind).toBe('held');
    expect(one.headers()).toEqual({});
    expect(one.getState().status).toBe('free');
  });

  it('The status is not held after another owner of the lease has released some of its records', async () => {
    const { clock, server, client, observer } = setUpObserver([paris, lyon]);
    void observer.acquire();
    const other = client.leases.hold([paris, lyon]);
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
    void other.releaseRecords([lyon]);
    await clock.turn(0);
    expect(observer.getState().status).toBe('free');
    expect(observer.getState()).not.toHaveProperty('leaseId');
    expect(observer.headers()).toEqual({});
    await other.release('now');
    void observer.acquire();
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
    expect(observer.headers()).toHaveProperty('Rowlock-Lease');
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('A release frees the records', async () => {
    const { clock, server, observer } = setUpObserver([paris]);
    void observer.acquire();
    await clock.turn(0);
    void observer.release();
    await clock.turn(0);
    expect(server.leasesOn(paris)).toEqual([]);
    expect(observer.getState().status).toBe('free');
  });
});
