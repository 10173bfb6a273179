import type { Actor, Conflict } from '@rowlock/protocol';
import { describe, expect, it, vi } from 'vitest';
import { bo, paris, sent, setUpObserver } from '../testSupport/clientFixture.ts';
import type { LockObserverOptions } from './lockObserver.ts';

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

describe('a lock that is kept held', () => {
  it('A lock that is held is acquired again after a loss, under another lease id', async () => {
    const { clock, server, observer } = setUpObserver([paris]);
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
    const { clock, server, transport, observer } = setUpObserver([paris]);
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
    const { clock, server, observer } = setUpObserver([paris]);
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
    const { clock, server, observer } = setUpObserver([paris]);
    const lease = server.hold([paris], { actor: { id: 'ann', name: 'Ann Lee' }, id: 'other-tab' });
    observer.hold();
    await clock.turn(0);
    expect(observer.getState().status).toBe('blocked');
    server.free(lease);
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
  });

  it('A hold that starts without a connection acquires when the connection is back', async () => {
    const { clock, transport, observer } = setUpObserver([paris]);
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
      const { clock, server, observer } = setUpObserver([paris]);
      await clock.turn(0);
      server.refuse('acquire', { code, message: 'Not now.' });
      observer.hold();
      await clock.turn(60_000);
      expect(observer.getState().error?.code).toBe(code);
      expect(sent(server, 'acquire').length).toBeLessThan(15);
      server.refuse('acquire');
      await clock.turn(10_000);
      expect(observer.getState()).toMatchObject({ status: 'held' });
      const asked = sent(server, 'acquire').length;
      await clock.turn(30_000);
      expect(sent(server, 'acquire')).toHaveLength(asked);
    },
  );

  it('A hold survives a component that mounts twice, as under StrictMode', async () => {
    const { clock, server, observer } = setUpObserver([paris]);
    const undo = observer.hold();
    undo();
    observer.hold();
    await clock.turn(5_000);
    expect(observer.getState().status).toBe('held');
    expect(sent(server, 'acquire')).toHaveLength(1);
    expect(sent(server, 'release')).toHaveLength(0);
  });

  it('A lease is released a little after its owner has gone', async () => {
    const { clock, server, observer } = setUpObserver([paris]);
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
    const { clock, server, observer } = setUpObserver([paris], { reacquire: 'never', onLost });
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
    const { clock, server, observer } = setUpObserver([paris], { reacquire: 'when-free', onAcquired });
    const lease = server.hold([paris], { actor: bo });
    observer.hold();
    await clock.turn(60_000);
    expect(observer.getState()).toMatchObject({ status: 'blocked', episode: 1 });
    expect(sent(server, 'acquire')).toHaveLength(1);
    server.free(lease);
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ status: 'held', episode: 1 });
    expect(onAcquired).toHaveBeenCalledExactlyOnceWith({ isAgain: true });
  });

  it('The policy `when-free` looks again if the records are shown as free in spite of the refusal', async () => {
    const { clock, server, observer } = setUpObserver([paris], { reacquire: 'when-free' });
    await clock.turn(0);
    const conflicts = [conflictWith(bo)];
    server.refuse('acquire', { code: 'conflict', message: 'Bo waits for it.', conflicts });
    observer.hold();
    await clock.turn(30_000);
    expect(sent(server, 'acquire').length).toBeLessThan(12);
    server.refuse('acquire');
    await clock.turn(10_000);
    expect(observer.getState().status).toBe('held');
  });

  it('The policy `when-free` waits while a dialog asks the user', async () => {
    const { clock, server, observer } = setUpObserver([paris], { reacquire: 'when-free' });
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
    const { clock, server, observer } = setUpObserver([paris], { reacquire: 'when-free' });
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
    const { clock, server, observer } = setUpObserver([paris], options);
    observer.hold();
    await clock.turn(0);
    server.free('1', 'expired');
    await clock.turn(0);
    expect(calls).toEqual([{ isAgain: false }, 'expired', { isAgain: true }]);
  });

  it('A lease that survives a reconnect or a remount is reported once', async () => {
    const onAcquired = vi.fn();
    const { clock, transport, observer } = setUpObserver([paris], { onAcquired });
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
    const { clock, observer } = setUpObserver([paris], { onAcquired: early });
    observer.hold();
    observer.setOptions({ onAcquired: late });
    await clock.turn(0);
    expect(early).not.toHaveBeenCalled();
    expect(late).toHaveBeenCalledTimes(1);
  });
});
