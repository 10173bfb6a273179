import type { Actor, RecordKey } from '@rowlock/protocol';
import { describe, expect, it, vi } from 'vitest';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { createRowlockClient } from './client.ts';
import { LockObserver, type LockObserverOptions } from './lockObserver.ts';

const bo: Actor = { id: 'bo', name: 'Bo' };
const paris: RecordKey = 'cities/1';
const lyon: RecordKey = 'cities/2';

function setUp(records: RecordKey[] = [paris, lyon], options: LockObserverOptions = {}) {
  const clock = createTurnableClock();
  const server = new MemoryServer({ clock });
  const transport = createMemoryTransport({ server });
  const client = createRowlockClient({ transport, clock, storage: null });
  client.start();
  const observer = new LockObserver(client, records, options);
  const listener = vi.fn();
  const stop = observer.subscribe(listener);
  return { clock, server, transport, client, observer, listener, stop };
}

describe('a set of records', () => {
  it('goes from pending to free, partly blocked, blocked', async () => {
    const { clock, server, observer } = setUp();
    expect(observer.snapshot()).toMatchObject({ status: 'pending', isStale: true });
    await clock.turn(0);
    expect(observer.snapshot()).toMatchObject({ status: 'free', isStale: false, conflicts: [] });
    server.hold([paris], { actor: bo });
    await clock.turn(0);
    expect(observer.snapshot()).toMatchObject({
      status: 'partly-blocked',
      conflicts: [{ recordCount: 1, records: [paris] }],
    });
    server.startTask({ label: 'Normalise names', records: [lyon] });
    await clock.turn(0);
    expect(observer.snapshot()).toMatchObject({
      status: 'blocked',
      conflicts: [{}, { task: { state: 'running' } }],
    });
  });

  it('is free where it is empty', async () => {
    const { clock, observer } = setUp([]);
    expect(observer.snapshot()).toMatchObject({ status: 'free' });
    await clock.turn(0);
    expect(observer.snapshot()).toMatchObject({ status: 'free', isStale: false });
  });

  it('is not in the way of a shared lock where it is held by shared ones only', async () => {
    const shared = setUp([paris], { mode: 'shared' });
    shared.server.hold([paris], { actor: bo, mode: 'shared' });
    await shared.clock.turn(0);
    expect(shared.observer.snapshot()).toMatchObject({ status: 'free', conflicts: [] });
    shared.server.hold([paris], { actor: bo, mode: 'exclusive' });
    await shared.clock.turn(0);
    expect(shared.observer.snapshot().status).toBe('blocked');
  });

  it('among 2,000 shows one change by one call', async () => {
    const records = Array.from({ length: 2_000 }, (_, index): RecordKey => `cities/${index}`);
    const { clock, server, observer, listener } = setUp(records);
    await clock.turn(0);
    listener.mockClear();
    server.hold(['cities/1234'], { actor: bo });
    await clock.turn(0);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(observer.snapshot()).toMatchObject({ status: 'partly-blocked', conflicts: [{ recordCount: 1 }] });
  });
});

describe('a lock that is kept held', () => {
  it('is acquired, and again after it was lost, under another lease id that says so', async () => {
    const { clock, server, observer } = setUp([paris]);
    observer.keepHeld();
    await clock.turn(0);
    expect(observer.snapshot()).toMatchObject({ status: 'held', isAcquiring: false });
    const first = server.leasesOn(paris)[0]!.id;
    expect(observer.snapshot().leaseId).toBe(first);
    server.free(first, 'expired');
    await clock.turn(0);
    expect(observer.snapshot().status).toBe('held');
    expect(observer.snapshot().leaseId).toBe(server.leasesOn(paris)[0]!.id);
    expect(observer.snapshot().leaseId).not.toBe(first);
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('tells who took the record, where somebody did after the loss', async () => {
    const { clock, server, transport, observer } = setUp([paris]);
    observer.keepHeld();
    await clock.turn(0);
    transport.disconnect();
    server.free(server.leasesOn(paris)[0]!.id, 'closed');
    server.hold([paris], { actor: bo });
    expect(observer.snapshot()).toMatchObject({ status: 'held', isStale: true });
    transport.reconnect();
    await clock.turn(0);
    expect(observer.snapshot()).toMatchObject({
      status: 'blocked',
      error: { code: 'conflict' },
      conflicts: [{ lease: { holder: { actor: bo } } }],
    });
  });

  it('is not taken behind the back of a form when somebody else has finished: its data may be old', async () => {
    const { clock, server, observer } = setUp([paris]);
    const lease = server.hold([paris], { actor: bo });
    observer.keepHeld();
    await clock.turn(0);
    expect(observer.snapshot().status).toBe('blocked');
    server.free(lease);
    await clock.turn(10_000);
    expect(observer.snapshot().status).toBe('free');
    expect(server.leasesOn(paris)).toEqual([]);
  });

  it("is taken when this user's own other tab has let go", async () => {
    const { clock, server, observer } = setUp([paris]);
    const lease = server.hold([paris], { actor: { id: 'ann', name: 'Ann Lee' }, id: 'other-tab' });
    observer.keepHeld();
    await clock.turn(0);
    expect(observer.snapshot().status).toBe('blocked');
    server.free(lease);
    await clock.turn(0);
    expect(observer.snapshot().status).toBe('held');
  });

  it('is acquired once the connection is there, where it was lost before', async () => {
    const { clock, transport, observer } = setUp([paris]);
    await clock.turn(0);
    transport.disconnect();
    observer.keepHeld();
    await clock.turn(0);
    expect(observer.snapshot().error?.code).toBe('unavailable');
    transport.reconnect();
    await clock.turn(0);
    expect(observer.snapshot()).toMatchObject({ status: 'held' });
    expect(observer.snapshot().error).toBeUndefined();
  });

  it.for(['rate_limited', 'internal', 'unavailable'] as const)(
    'is acquired again after it was refused with %s, less and less often',
    async (code) => {
      const { clock, server, observer } = setUp([paris]);
      await clock.turn(0);
      server.refuse('acquire', { code, message: 'Not now.' });
      observer.keepHeld();
      await clock.turn(60_000);
      expect(observer.snapshot().error?.code).toBe(code);
      expect(server.received.filter((each) => each.name === 'acquire').length).toBeLessThan(15);
      server.refuse('acquire');
      await clock.turn(10_000);
      expect(observer.snapshot()).toMatchObject({ status: 'held' });
      const asked = server.received.filter((each) => each.name === 'acquire').length;
      await clock.turn(30_000);
      expect(server.received.filter((each) => each.name === 'acquire')).toHaveLength(asked);
    },
  );

  it('survives a mount that is undone and done again, as StrictMode does', async () => {
    const { clock, server, observer } = setUp([paris]);
    const undo = observer.keepHeld();
    undo();
    observer.keepHeld();
    await clock.turn(5_000);
    expect(observer.snapshot().status).toBe('held');
    expect(server.received.filter((each) => each.name === 'acquire')).toHaveLength(1);
    expect(server.received.filter((each) => each.name === 'release')).toHaveLength(0);
  });

  it('ends a little after its owner has gone', async () => {
    const { clock, server, observer } = setUp([paris]);
    const end = observer.keepHeld();
    await clock.turn(0);
    end();
    await clock.turn(1_000);
    expect(server.leasesOn(paris)).toEqual([]);
  });
});

describe('acquiring by hand', () => {
  it('says why it was refused, and forgets that when it is granted', async () => {
    const { clock, server, observer } = setUp([paris]);
    const lease = server.hold([paris], { actor: bo });
    await clock.turn(0);
    const refused = observer.acquire();
    await clock.turn(0);
    expect(await refused).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(observer.snapshot().error?.code).toBe('conflict');
    server.free(lease);
    await clock.turn(0);
    const granted = observer.acquire();
    await clock.turn(0);
    expect(await granted).toMatchObject({ ok: true });
    expect(observer.snapshot()).toMatchObject({ status: 'held' });
    expect(observer.headers()).toHaveProperty('Rowlock-Lease');
  });

  it('needs something to acquire', async () => {
    const { observer } = setUp([]);
    expect(await observer.acquire()).toMatchObject({ ok: false, error: { code: 'bad_request' } });
  });

  it('proves an exclusive lease to guarded routes, and never a shared one', async () => {
    const { clock, client } = setUp([paris]);
    const shared = new LockObserver(client, [paris], { mode: 'shared' });
    void shared.acquire();
    await clock.turn(0);
    expect(shared.snapshot().status).toBe('held');
    expect(shared.headers()).toEqual({});
  });

  it('is not shown as held if no single lease covers the records: a guarded write could not prove it', async () => {
    const { clock, client, observer } = setUp([paris, lyon]);
    const first = client.claim([paris]);
    client.claim([lyon]);
    await clock.turn(0);
    expect(observer.snapshot().locks.map((lock) => lock.kind)).toEqual(['held', 'held']);
    expect(observer.headers()).toEqual({});
    expect(observer.snapshot().status).toBe('free');

    const one = new LockObserver(client, [paris]);
    expect(one.snapshot().status).toBe('held');
    // The server's answer, and its word to those who watch, are still under way.
    void first.release('now');
    expect(client.lockOf(paris).kind).toBe('held');
    expect(one.headers()).toEqual({});
    expect(one.snapshot().status).toBe('free');
  });

  it('is undone by release', async () => {
    const { clock, server, observer } = setUp([paris]);
    void observer.acquire();
    await clock.turn(0);
    void observer.release();
    await clock.turn(0);
    expect(server.leasesOn(paris)).toEqual([]);
    expect(observer.snapshot().status).toBe('free');
  });
});
