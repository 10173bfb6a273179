import { describe, expect, it, vi } from 'vitest';
import { bo, drop, lyon, paris, sent, setUpClient } from '../testSupport/clientFixture.ts';

describe('a watched resource', () => {
  it('A resource shows how many of its rows are locked, and each change of that', async () => {
    const { clock, server, client } = setUpClient();
    server.hold([paris], { actor: bo });
    client.start();
    const listener = vi.fn();
    client.resources.watch('cities', listener);
    expect(client.resources.get('cities')).toEqual({ isStale: true });
    await clock.turn(0);
    expect(client.resources.get('cities')).toMatchObject({
      isStale: false,
      locks: { leaseCount: 1, recordCount: 1, isWhollyLocked: false },
    });
    listener.mockClear();
    const lease = server.hold([lyon, 'regions/1'], { actor: bo });
    await clock.turn(0);
    expect(client.resources.get('cities').locks).toMatchObject({ leaseCount: 2, recordCount: 2 });
    const before = client.resources.get('cities');
    server.hold(['regions/2'], { actor: bo });
    await clock.turn(0);
    expect(client.resources.get('cities')).toBe(before);
    expect(listener).toHaveBeenCalledTimes(1);
    server.free(lease);
    await clock.turn(0);
    expect(client.resources.get('cities').locks).toMatchObject({ leaseCount: 1, recordCount: 1 });
  });

  it('P9: a resource is stale while the tab is cut off, and right after it', async () => {
    const { clock, server, transport, client } = setUpClient();
    client.start();
    client.resources.watch('cities', () => {});
    await clock.turn(0);
    await drop(transport, clock);
    expect(client.resources.get('cities')).toMatchObject({ isStale: true, locks: { leaseCount: 0 } });
    server.hold([paris], { actor: bo });
    transport.reconnect();
    await clock.turn(0);
    expect(client.resources.get('cities')).toMatchObject({ isStale: false, locks: { leaseCount: 1 } });
  });

  it('A resource that the server refuses shows why, and the rest of the page is watched', async () => {
    const { clock, server, client } = setUpClient({
      authorize: ({ records = [] }) => !records.includes('cities/*'),
    });
    client.start();
    client.resources.watch('cities', () => {});
    client.resources.watch('regions', () => {});
    client.records.watch([paris], () => {});
    await clock.turn(0);
    expect(client.resources.get('cities')).toMatchObject({ isStale: true, error: { code: 'forbidden' } });
    expect(client.resources.get('cities')).not.toHaveProperty('locks');
    expect(client.resources.get('regions')).toMatchObject({ isStale: false });
    expect(client.records.getLock(paris).kind).toBe('free');
    expect(server.received.length).toBeGreaterThan(1);
  });

  it('A resource is unwatched when nobody watches it any longer', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    const stop = client.resources.watch('cities', () => {});
    await clock.turn(0);
    stop();
    await clock.turn(1_000);
    expect(sent(server, 'unwatch')).toEqual([{ records: [], tasks: [], resources: ['cities'] }]);
    expect(client.resources.get('cities')).toEqual({ isStale: true });
  });

  it('A refusal that crosses with the end of a watch does not stick to the next watch', async () => {
    const { clock, server, client } = setUpClient({ delayMs: 1_000 });
    client.start();
    const stop = client.resources.watch('cities', () => {});
    await clock.turn(3_000);
    server.sessions.revoke(['cities/*']);
    stop();
    await clock.turn(1_100);
    server.sessions.permit(['cities/*']);
    client.resources.watch('cities', () => {});
    await clock.turn(2_000);
    expect(client.resources.get('cities')).toMatchObject({ isStale: false, locks: { leaseCount: 0 } });
    expect(client.resources.get('cities')).not.toHaveProperty('error');
  });

  it('The locks on a resource are listed page by page, with their holders', async () => {
    const { clock, server, client } = setUpClient();
    for (const id of [1, 2, 3]) server.hold([`cities/${id}`], { actor: bo, label: `Edit ${id}` });
    client.start();
    await clock.turn(0);
    const listed = (page?: { limit?: number; after?: string }) => {
      const asked = client.resources.listLocks('cities', page);
      return clock.turn(0).then(() => asked);
    };
    const first = await listed({ limit: 2 });
    if (!first.ok) throw first.error;
    expect(first.locks.map(({ lease, recordCount }) => [lease.holder.label, recordCount])).toEqual([
      ['Edit 1', 1],
      ['Edit 2', 1],
    ]);
    const rest = await listed({ limit: 2, after: first.next! });
    expect(rest).toMatchObject({ ok: true, locks: [{ lease: { holder: { label: 'Edit 3' } } }] });
    expect(rest).not.toHaveProperty('next');
  });
});
