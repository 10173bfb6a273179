import type { Actor, Conflict, RecordKey } from '@rowlock/protocol';
import { describe, expect, it, vi } from 'vitest';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { createRowlockClient } from './client.ts';
import { LockObserver, type LockObserverOptions } from './lockObserver.ts';

const bo: Actor = { id: 'bo', name: 'Bo' };
const paris: RecordKey = 'cities/1';
const lyon: RecordKey = 'cities/2';

const sent = (server: MemoryServer) => server.received.filter(({ name }) => name === 'acquire').length;

const conflictWith = (actor: Actor): Conflict => ({
  lease: {
    id: '9',
    holder: { type: 'person', id: 'tab-of-bo', label: 'Edit Paris', actor },
    mode: 'exclusive',
    since: 0,
    recordCount: 1,
  },
  recordCount: 1,
  records: [paris],
});

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
  it('The status changes from pending to free, partly blocked and blocked', async () => {
    const { clock, server, observer } = setUp();
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
    const { clock, observer } = setUp([]);
    expect(observer.getState()).toMatchObject({ status: 'free' });
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ status: 'free', isStale: false });
  });

  it('A shared lease does not block another shared one', async () => {
    const shared = setUp([paris], { mode: 'shared' });
    shared.server.hold([paris], { actor: bo, mode: 'shared' });
    await shared.clock.turn(0);
    expect(shared.observer.getState()).toMatchObject({ status: 'free', conflicts: [] });
    shared.server.hold([paris], { actor: bo, mode: 'exclusive' });
    await shared.clock.turn(0);
    expect(shared.observer.getState().status).toBe('blocked');
  });

  it('One change among 2,000 records calls the listener once', async () => {
    const records = Array.from({ length: 2_000 }, (_, index): RecordKey => `cities/${index}`);
    const { clock, server, observer, listener } = setUp(records);
    await clock.turn(0);
    listener.mockClear();
    server.hold(['cities/1234'], { actor: bo });
    await clock.turn(0);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(observer.getState()).toMatchObject({ status: 'partly-blocked', conflicts: [{ recordCount: 1 }] });
  });
});

describe('a lock that is kept held', () => {
  it('A lock that is held is acquired again after a loss, under another lease id', async () => {
    const { clock, server, observer } = setUp([paris]);
    observer.hold();
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ status: 'held', isAcquiring: false });
    const first = server.leasesOn(paris)[0]!.id;
    expect(observer.getState().leaseId).toBe(first);
    server.free(first, 'expired');
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
    expect(observer.getState().leaseId).toBe(server.leasesOn(paris)[0]!.id);
    expect(observer.getState().leaseId).not.toBe(first);
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('The state shows who acquired the record after a loss', async () => {
    const { clock, server, transport, observer } = setUp([paris]);
    observer.hold();
    await clock.turn(0);
    transport.disconnect();
    server.free(server.leasesOn(paris)[0]!.id, 'closed');
    server.hold([paris], { actor: bo });
    expect(observer.getState()).toMatchObject({ status: 'held', isStale: true });
    transport.reconnect();
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({
      status: 'blocked',
      error: { code: 'conflict' },
      conflicts: [{ lease: { holder: { actor: bo } } }],
    });
  });

  it('The default policy does not acquire a record that somebody else has edited, since the form may show old values', async () => {
    const { clock, server, observer } = setUp([paris]);
    const lease = server.hold([paris], { actor: bo });
    observer.hold();
    await clock.turn(0);
    expect(observer.getState().status).toBe('blocked');
    server.free(lease);
    await clock.turn(10_000);
    expect(observer.getState().status).toBe('free');
    expect(server.leasesOn(paris)).toEqual([]);
  });

  it('The default policy acquires a record that another tab of the same user has released', async () => {
    const { clock, server, observer } = setUp([paris]);
    const lease = server.hold([paris], { actor: { id: 'ann', name: 'Ann Lee' }, id: 'other-tab' });
    observer.hold();
    await clock.turn(0);
    expect(observer.getState().status).toBe('blocked');
    server.free(lease);
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
  });

  it('A hold that starts without a connection acquires when the connection is back', async () => {
    const { clock, transport, observer } = setUp([paris]);
    await clock.turn(0);
    transport.disconnect();
    observer.hold();
    await clock.turn(0);
    expect(observer.getState().error?.code).toBe('unavailable');
    transport.reconnect();
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ status: 'held' });
    expect(observer.getState().error).toBeUndefined();
  });

  it.for(['rate_limited', 'internal', 'unavailable'] as const)(
    'A hold retries after %s, less and less often',
    async (code) => {
      const { clock, server, observer } = setUp([paris]);
      await clock.turn(0);
      server.refuse('acquire', { code, message: 'Not now.' });
      observer.hold();
      await clock.turn(60_000);
      expect(observer.getState().error?.code).toBe(code);
      expect(server.received.filter((each) => each.name === 'acquire').length).toBeLessThan(15);
      server.refuse('acquire');
      await clock.turn(10_000);
      expect(observer.getState()).toMatchObject({ status: 'held' });
      const asked = server.received.filter((each) => each.name === 'acquire').length;
      await clock.turn(30_000);
      expect(server.received.filter((each) => each.name === 'acquire')).toHaveLength(asked);
    },
  );

  it('A hold survives a component that mounts twice, as under StrictMode', async () => {
    const { clock, server, observer } = setUp([paris]);
    const undo = observer.hold();
    undo();
    observer.hold();
    await clock.turn(5_000);
    expect(observer.getState().status).toBe('held');
    expect(server.received.filter((each) => each.name === 'acquire')).toHaveLength(1);
    expect(server.received.filter((each) => each.name === 'release')).toHaveLength(0);
  });

  it('A lease is released a little after its owner has gone', async () => {
    const { clock, server, observer } = setUp([paris]);
    const end = observer.hold();
    await clock.turn(0);
    end();
    await clock.turn(1_000);
    expect(server.leasesOn(paris)).toEqual([]);
  });
});

describe('the policy of acquiring again', () => {
  it('The policy `never` leaves a lost lease lost', async () => {
    const onLost = vi.fn();
    const { clock, server, observer } = setUp([paris], { reacquire: 'never', onLost });
    observer.hold();
    await clock.turn(0);
    server.free('1', 'expired');
    await clock.turn(60_000);
    expect(observer.getState().status).toBe('free');
    expect(server.leasesOn(paris)).toEqual([]);
    expect(onLost).toHaveBeenCalledExactlyOnceWith('expired');
  });

  it('The policy `when-free` acquires the records when somebody else has released them', async () => {
    const onAcquired = vi.fn();
    const { clock, server, observer } = setUp([paris], { reacquire: 'when-free', onAcquired });
    const lease = server.hold([paris], { actor: bo });
    observer.hold();
    await clock.turn(60_000);
    expect(observer.getState()).toMatchObject({ status: 'blocked', episode: 1 });
    expect(sent(server)).toBe(1);
    server.free(lease);
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ status: 'held', episode: 1 });
    expect(onAcquired).toHaveBeenCalledExactlyOnceWith({ isAgain: true });
  });

  it('The policy `when-free` looks again if the records are shown as free in spite of the refusal', async () => {
    const { clock, server, observer } = setUp([paris], { reacquire: 'when-free' });
    await clock.turn(0);
    const conflicts = [conflictWith(bo)];
    server.refuse('acquire', { code: 'conflict', message: 'Bo waits for it.', conflicts });
    observer.hold();
    await clock.turn(30_000);
    expect(sent(server)).toBeLessThan(12);
    server.refuse('acquire');
    await clock.turn(10_000);
    expect(observer.getState().status).toBe('held');
  });

  it('The policy `when-free` waits while a dialog asks the user', async () => {
    const { clock, server, observer } = setUp([paris], { reacquire: 'when-free' });
    const lease = server.hold([paris], { actor: bo });
    observer.hold();
    await clock.turn(0);
    const endPause = observer.pauseReacquire();
    server.free(lease);
    await clock.turn(30_000);
    expect(observer.getState().status).toBe('free');
    endPause();
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
  });

  it('The policy pauses after a release by hand until the records are acquired by hand', async () => {
    const { clock, server, observer } = setUp([paris], { reacquire: 'when-free' });
    observer.hold();
    await clock.turn(0);
    void observer.release();
    await clock.turn(30_000);
    expect(server.leasesOn(paris)).toEqual([]);
    void observer.acquire();
    await clock.turn(0);
    server.free('2', 'expired');
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
  });
});

describe('the callbacks', () => {
  it('The first lease is reported without `isAgain`, and the lease after a loss with it', async () => {
    const calls: unknown[] = [];
    const options: LockObserverOptions = {
      onAcquired: (acquired) => calls.push(acquired),
      onLost: (reason) => calls.push(reason),
    };
    const { clock, server, observer } = setUp([paris], options);
    observer.hold();
    await clock.turn(0);
    server.free('1', 'expired');
    await clock.turn(0);
    expect(calls).toEqual([{ isAgain: false }, 'expired', { isAgain: true }]);
  });

  it('A lease that survives a reconnect or a remount is reported once', async () => {
    const onAcquired = vi.fn();
    const { clock, transport, observer } = setUp([paris], { onAcquired });
    const undo = observer.hold();
    await clock.turn(0);
    transport.disconnect();
    transport.reconnect();
    await clock.turn(0);
    undo();
    observer.hold();
    await clock.turn(5_000);
    expect(observer.getState().status).toBe('held');
    expect(onAcquired).toHaveBeenCalledTimes(1);
  });

  it('The latest callbacks are called', async () => {
    const early = vi.fn();
    const late = vi.fn();
    const { clock, observer } = setUp([paris], { onAcquired: early });
    observer.hold();
    observer.setOptions({ onAcquired: late });
    await clock.turn(0);
    expect(early).not.toHaveBeenCalled();
    expect(late).toHaveBeenCalledTimes(1);
  });
});

describe('records that others release', () => {
  it('Freed records are reported once, with the lock that was on them', async () => {
    const onFreed = vi.fn();
    const { clock, server } = setUp([paris, lyon], { onFreed });
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
    const { clock, server, observer } = setUp([paris], { onFreed });
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
    const { clock, server, observer } = setUp([paris]);
    const lease = server.hold([paris], { actor: bo });
    await clock.turn(0);
    const refused = observer.acquire();
    await clock.turn(0);
    expect(await refused).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(observer.getState().error?.code).toBe('conflict');
    server.free(lease);
    await clock.turn(0);
    const granted = observer.acquire();
    await clock.turn(0);
    expect(await granted).toMatchObject({ ok: true });
    expect(observer.getState()).toMatchObject({ status: 'held' });
    expect(observer.headers()).toHaveProperty('Rowlock-Lease');
  });

  it('An acquire without records is refused', async () => {
    const { observer } = setUp([]);
    expect(await observer.acquire()).toMatchObject({ ok: false, error: { code: 'bad_request' } });
  });

  it('The headers never prove a shared lease', async () => {
    const { clock, client } = setUp([paris]);
    const shared = new LockObserver(client, [paris], { mode: 'shared' });
    void shared.acquire();
    await clock.turn(0);
    expect(shared.getState().status).toBe('held');
    expect(shared.headers()).toEqual({});
  });

  it('The status is not held if no single lease covers the records, since no header could prove it', async () => {
    const { clock, client, observer } = setUp([paris, lyon]);
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

  it('A release frees the records', async () => {
    const { clock, server, observer } = setUp([paris]);
    void observer.acquire();
    await clock.turn(0);
    void observer.release();
    await clock.turn(0);
    expect(server.leasesOn(paris)).toEqual([]);
    expect(observer.getState().status).toBe('free');
  });
});
