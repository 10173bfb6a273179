import { describe, expect, it, vi } from 'vitest';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { bo, drop, paris, sent, setUpClient, setUpObserver } from '../testSupport/clientFixture.ts';
import { createRowlockClient } from './client.ts';
import type { Acquired } from './leaseReports.ts';
import { LockObserver } from './lockObserver.ts';

/** An observer of a record that Bo holds. */
async function setUpBlocked() {
  const onAcquired = vi.fn<(acquired: Acquired) => void>();
  const setup = setUpObserver([paris], { onAcquired });
  const held = setup.server.hold([paris], { actor: bo });
  await setup.clock.turn(0);
  return { ...setup, held, onAcquired };
}

describe('the wait list and the takeover of an observer', () => {
  it('A wait shows its position, and ends with the lease and a call that asks for a reload', async () => {
    const { clock, server, observer, held, onAcquired } = await setUpBlocked();
    const acquired = observer.waitInLine();
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ status: 'blocked', isWaiting: true, position: 1 });
    expect(observer.getState().isAcquiring).toBe(false);
    server.free(held);
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ status: 'held', isWaiting: false });
    expect(observer.getState().position).toBeUndefined();
    expect(await acquired).toMatchObject({ ok: true });
    expect(onAcquired).toHaveBeenCalledExactlyOnceWith({ isAgain: true });
  });

  it('A wait that follows a refusal keeps the episode, so that the dialog that offered it stays as it is', async () => {
    const { clock, observer } = await setUpBlocked();
    void observer.acquire();
    await clock.turn(0);
    const { episode } = observer.getState();
    void observer.waitInLine();
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({ isWaiting: true, episode });
    expect(observer.getState().error).toBeUndefined();
  });

  it('A wait that the server refuses is an episode of its own', async () => {
    const { clock, server, observer } = await setUpBlocked();
    server.refuse('acquire', { code: 'rate_limited', message: 'Too many leases.' });
    const { episode } = observer.getState();
    void observer.waitInLine();
    await clock.turn(0);
    expect(observer.getState()).toMatchObject({
      isWaiting: false,
      episode: episode + 1,
      error: { code: 'rate_limited' },
    });
  });

  it('A wait survives a lost connection', async () => {
    const { clock, server, transport, observer, held } = await setUpBlocked();
    void observer.waitInLine();
    await clock.turn(0);
    await drop(transport, clock);
    expect(observer.getState()).toMatchObject({ isWaiting: true, position: 1, isStale: true });
    transport.reconnect();
    await clock.turn(0);
    server.free(held);
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
    expect(sent(server, 'acquire')).toHaveLength(1);
  });

  it('A wait continues when hold begins beside it', async () => {
    const { clock, server, observer, held } = await setUpBlocked();
    void observer.waitInLine();
    await clock.turn(0);
    observer.detach();
    const stop = observer.hold();
    await clock.turn(300);
    expect(observer.getState()).toMatchObject({ isWaiting: true, position: 1 });
    server.free(held);
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
    stop();
    await clock.turn(300);
    expect(server.leasesOn(paris)).toEqual([]);
  });

  it('stopWaiting leaves the wait list, and acquires nothing when the records are free', async () => {
    const { clock, server, observer, held } = await setUpBlocked();
    void observer.waitInLine();
    await clock.turn(0);
    await observer.stopWaiting();
    expect(observer.getState()).toMatchObject({ isWaiting: false, status: 'blocked' });
    server.free(held);
    await clock.turn(0);
    expect(observer.getState().status).toBe('free');
  });

  it('A takeover ends the lease of the other user, who learns the reason, and asks for a reload', async () => {
    const setup = setUpClient({ authorize: () => true });
    const { clock, server, client } = setup;
    client.start();
    const other = createRowlockClient({
      transport: createMemoryTransport({ server, actor: bo }),
      clock,
      storage: null,
    });
    other.start();
    const theirs = other.leases.hold([paris]);
    await clock.turn(0);
    const onAcquired = vi.fn<(acquired: Acquired) => void>();
    const observer = new LockObserver(client, [paris], { onAcquired });
    observer.subscribe(() => {});
    expect(await observer.takeOver({ reason: 'Release at noon' })).toMatchObject({ ok: true });
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
    expect(onAcquired).toHaveBeenCalledExactlyOnceWith({ isAgain: true });
    expect(theirs.getState()).toMatchObject({ kind: 'lost', reason: 'taken over', why: 'Release at noon' });
    await observer.release();
    expect(server.leasesOn(paris)).toEqual([]);
  });

  it('A takeover replaces a wait, and one that is refused leaves it as it is', async () => {
    const { clock, server, observer } = await setUpBlocked();
    void observer.waitInLine();
    await clock.turn(0);
    expect(await observer.takeOver({ reason: 'Now' })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    expect(observer.getState()).toMatchObject({ isWaiting: true, position: 1 });
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('A release request asks the holder of a conflict, and resolves to the answer', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    const other = createRowlockClient({
      transport: createMemoryTransport({ server, actor: bo }),
      clock,
      storage: null,
    });
    other.start();
    other.leases.hold([paris]);
    const observer = new LockObserver(client, [paris]);
    observer.subscribe(() => {});
    await clock.turn(0);
    const answered = observer.requestRelease(observer.getState().conflicts[0]!, { message: 'Please' });
    await clock.turn(0);
    expect(other.leases.openReleaseRequests).toMatchObject([{ message: 'Please', records: [paris] }]);
    await other.leases.openReleaseRequests[0]!.answer('later');
    await clock.turn(0);
    expect(await answered).toEqual({ ok: true, answer: 'later' });
    expect(other.leases.openReleaseRequests).toEqual([]);
  });

  it('A request is no longer open when this tab has released the lease by itself', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    const mine = client.leases.hold([paris]);
    const other = createRowlockClient({
      transport: createMemoryTransport({ server, actor: bo }),
      clock,
      storage: null,
    });
    other.start();
    await clock.turn(0);
    const state = mine.getState();
    if (state.kind !== 'held') throw new Error(state.kind);
    void other.leases.requestRelease(state.lease.id, { records: [paris] });
    await clock.turn(0);
    const onChange = vi.fn();
    client.leases.onOpenReleaseRequests(onChange);
    expect(client.leases.openReleaseRequests).toHaveLength(1);
    await mine.release('now');
    expect(client.leases.openReleaseRequests).toEqual([]);
    expect(onChange).toHaveBeenCalledOnce();
  });
});
