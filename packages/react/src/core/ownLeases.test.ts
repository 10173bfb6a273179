import type { Actor, ClientMessage, RecordKey } from '@rowlock/protocol';
import { describe, expect, it, vi } from 'vitest';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { createRowlockClient } from './client.ts';
import type { StorageArea } from './leaseStorage.ts';

const ann: Actor = { id: 'ann', name: 'Ann Lee' };
const bo: Actor = { id: 'bo', name: 'Bo' };
const paris: RecordKey = 'cities/1';
const lyon: RecordKey = 'cities/2';

function memoryStorage(): StorageArea & { content: Map<string, string> } {
  const content = new Map<string, string>();
  return {
    content,
    getItem: (name) => content.get(name) ?? null,
    setItem: (name, value) => void content.set(name, value),
    removeItem: (name) => void content.delete(name),
  };
}

function setUp() {
  const clock = createTurnableClock();
  const server = new MemoryServer({ clock });
  const area = memoryStorage();
  const openTab = (actor = ann, storage: StorageArea = area) => {
    const transport = createMemoryTransport({ server, actor });
    const client = createRowlockClient({ transport, clock, storage, tabLocks: null });
    const stop = client.start();
    return { transport, client, stop };
  };
  return { clock, server, area, openTab };
}

const sent = (server: MemoryServer, name: 'acquire' | 'resume' | 'release') =>
  server.received
    .filter((each) => each.name === name)
    .map((each) => each.message as ClientMessage<typeof name>);

describe('acquiring', () => {
  it('holds the records, and the tab sees them as its own', async () => {
    const { clock, server, openTab } = setUp();
    const { client } = openTab();
    client.watchRecords([paris], () => {});
    const claim = client.claim([paris], { label: 'Edit Paris' });
    await clock.turn(0);
    expect(await claim.settled).toMatchObject({ ok: true });
    expect(client.lockOf(paris)).toMatchObject({ kind: 'mine', lease: { holder: { label: 'Edit Paris' } } });
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('waits for the first connection, as a form does that is there before it', async () => {
    const { clock, server } = setUp();
    const transport = createMemoryTransport({ server });
    const client = createRowlockClient({ transport, clock, storage: null });
    const claim = client.claim([paris]);
    await clock.turn(1_000);
    expect(claim.state().kind).toBe('acquiring');
    client.start();
    await clock.turn(0);
    expect(claim.state().kind).toBe('held');
  });

  it('is refused with every lease in the way', async () => {
    const { clock, server, openTab } = setUp();
    server.hold([paris], { actor: bo, label: 'Edit Paris' });
    const { client } = openTab();
    const claim = client.claim([paris, lyon]);
    await clock.turn(0);
    expect(await claim.settled).toMatchObject({
      ok: false,
      error: {
        code: 'conflict',
        conflicts: [{ recordCount: 1, records: [paris], lease: { holder: { actor: bo } } }],
      },
    });
    expect(server.leasesOn(lyon)).toEqual([]);
  });

  it('is refused at once while the connection is lost: nothing could be checked', async () => {
    const { clock, openTab } = setUp();
    const { client, transport } = openTab();
    await clock.turn(0);
    transport.disconnect();
    expect(await client.claim([paris]).settled).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });

  it('asks once for two who want the same records, and releases when the last has gone', async () => {
    const { clock, server, openTab } = setUp();
    const { client } = openTab();
    const first = client.claim([paris, lyon]);
    const second = client.claim([lyon, paris]);
    await clock.turn(0);
    expect(sent(server, 'acquire')).toHaveLength(1);
    await first.release('now');
    expect(server.leasesOn(paris)).toHaveLength(1);
    void second.release('now');
    await clock.turn(0);
    expect(server.leasesOn(paris)).toHaveLength(0);
  });

  it('releases at once what was granted after its owner had gone', async () => {
    const { clock, server, openTab } = setUp();
    server.delayMs = 1_000;
    const { client } = openTab();
    await clock.turn(1_000);
    const claim = client.claim([paris]);
    await clock.turn(100);
    void claim.release('soon');
    await clock.turn(500);
    expect(server.leasesOn(paris)).toHaveLength(1);
    await clock.turn(2_000);
    expect(server.leasesOn(paris)).toHaveLength(0);
  });

  it('keeps the lease over a remount', async () => {
    const { clock, server, openTab } = setUp();
    const { client } = openTab();
    const first = client.claim([paris]);
    await clock.turn(0);
    void first.release('soon');
    await clock.turn(100);
    const second = client.claim([paris]);
    await clock.turn(10_000);
    expect(second.state().kind).toBe('held');
    expect(sent(server, 'acquire')).toHaveLength(1);
    expect(sent(server, 'release')).toHaveLength(0);
  });

  it('proves its lease to guarded routes by a header', async () => {
    const { clock, openTab } = setUp();
    const { client } = openTab();
    const claim = client.claim([paris, lyon]);
    await clock.turn(0);
    const result = await claim.settled;
    if (!result.ok) throw new Error('not granted');
    const proof = { 'Rowlock-Lease': `${result.lease.id}.${result.lease.secret}` };
    expect(client.leaseHeaders(result.lease.id)).toEqual(proof);
    expect(client.leaseHeaders([paris])).toEqual(proof);
    expect(client.leaseHeaders(['cities/3'])).toEqual({});
  });

  it('sends a release again that came too fast, since the lease would live on with the tab', async () => {
    const { clock, server, openTab } = setUp();
    const { client } = openTab();
    const claim = client.claim([paris]);
    await clock.turn(0);
    server.refuse('release', { code: 'rate_limited', message: 'Slower.' });
    void claim.release('now');
    await clock.turn(0);
    server.refuse('release');
    await clock.turn(2_000);
    expect(server.leasesOn(paris)).toEqual([]);
  });
});

describe('a reload', () => {
  it('takes the lease back by resume, before anybody acquires, and stores the new secret', async () => {
    const { clock, server, area, openTab } = setUp();
    const before = openTab();
    const lost = before.client.claim([paris]);
    await clock.turn(0);
    const headers = before.client.leaseHeaders([paris]);
    before.transport.close();
    expect(lost.state().kind).toBe('held');

    const after = openTab();
    const claim = after.client.claim([paris]);
    await clock.turn(0);
    expect(await claim.settled).toMatchObject({ ok: true, lease: { id: '1' } });
    expect(sent(server, 'acquire')).toHaveLength(1);
    expect(sent(server, 'resume')).toHaveLength(1);
    expect(after.client.leaseHeaders([paris])).not.toEqual(headers);
    const [, proof] = Object.entries(after.client.leaseHeaders([paris]))[0]!;
    expect([...area.content.values()].join()).toContain(proof.split('.')[1]);
  });

  it('shows the row as its own all the while', async () => {
    const { clock, openTab } = setUp();
    const before = openTab();
    before.client.claim([paris]);
    await clock.turn(0);
    before.transport.close();

    const { client } = openTab();
    const kinds: string[] = [];
    client.watchRecords([paris], () => kinds.push(client.lockOf(paris).kind));
    client.claim([paris]);
    await clock.turn(0);
    expect(new Set(kinds)).toEqual(new Set(['unknown', 'mine']));
  });

  it('acquires anew where the lease has ended meanwhile', async () => {
    const { clock, server, openTab } = setUp();
    const before = openTab();
    before.client.claim([paris]);
    await clock.turn(0);
    before.transport.close();
    server.free('1', 'closed');

    const { client } = openTab();
    const claim = client.claim([paris]);
    await clock.turn(0);
    expect(await claim.settled).toMatchObject({ ok: true, lease: { id: '2' } });
  });

  it('asks again with the same new secret where the answer was lost', async () => {
    const { clock, server, openTab } = setUp();
    const first = openTab();
    first.client.claim([paris]);
    await clock.turn(0);
    first.transport.close();

    server.delayMs = 1_000;
    const second = openTab();
    await clock.turn(1_500);
    expect(sent(server, 'resume')).toHaveLength(1);
    second.transport.close();
    server.delayMs = 0;

    const third = openTab();
    const claim = third.client.claim([paris]);
    await clock.turn(0);
    expect(await claim.settled).toMatchObject({ ok: true, lease: { id: '1' } });
  });

  it('lets go of leases that nobody on the new page wants', async () => {
    const { clock, server, openTab } = setUp();
    const before = openTab();
    before.client.claim([paris]);
    await clock.turn(0);
    before.transport.close();
    openTab();
    await clock.turn(9_000);
    expect(server.leasesOn(paris)).toHaveLength(1);
    await clock.turn(2_000);
    expect(server.leasesOn(paris)).toHaveLength(0);
  });

  it('leaves nothing in storage once the lease is released', async () => {
    const { clock, area, openTab } = setUp();
    const { client } = openTab();
    const claim = client.claim([paris]);
    await clock.turn(0);
    expect(area.content.size).toBe(1);
    void claim.release('now');
    await clock.turn(0);
    expect(area.content.size).toBe(0);
  });

  it('survives storage that is garbled or forbidden', async () => {
    const { clock, openTab } = setUp();
    const garbled = memoryStorage();
    garbled.setItem('rowlock.leases:', '{"setId": 1');
    const forbidden: StorageArea = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('denied');
      },
      removeItem: () => {
        throw new Error('denied');
      },
    };
    const first = openTab(ann, garbled).client.claim([paris]);
    const second = openTab(bo, forbidden).client.claim([lyon]);
    await clock.turn(0);
    expect([first.state().kind, second.state().kind]).toEqual(['held', 'held']);
  });
});

describe('a duplicated tab', () => {
  it('starts with a copy of the storage, and leaves the leases to the tab that has them', async () => {
    const { clock, server, area } = setUp();
    const openTab = (storage: StorageArea) => {
      const transport = createMemoryTransport({ server, actor: ann });
      const client = createRowlockClient({ transport, clock, storage });
      const stop = client.start();
      return { client, stop };
    };
    const original = openTab(area);
    const claim = original.client.claim([paris]);
    await vi.waitFor(async () => {
      await clock.turn(0);
      expect(claim.state().kind).toBe('held');
    });
    const copied = memoryStorage();
    for (const [name, value] of area.content) copied.setItem(name, value);
    const duplicate = openTab(copied);
    const second = duplicate.client.claim([paris]);
    await vi.waitFor(async () => {
      await clock.turn(0);
      expect(second.state().kind).toBe('refused');
    });
    expect(claim.state().kind).toBe('held');
    expect(sent(server, 'resume')).toEqual([]);
    original.stop();
    duplicate.stop();
    await clock.turn(1_000);
  });
});

describe('a lost connection', () => {
  it('is survived by the lease, which is taken back with a new secret', async () => {
    const { clock, openTab } = setUp();
    const { client, transport } = openTab();
    const claim = client.claim([paris]);
    await clock.turn(0);
    const before = client.leaseHeaders([paris]);
    transport.disconnect();
    expect(claim.state().kind).toBe('resuming');
    transport.reconnect();
    await clock.turn(0);
    expect(claim.state().kind).toBe('held');
    expect(client.leaseHeaders([paris])).not.toEqual(before);
  });

  it('tells the holder where the lease has ended meanwhile', async () => {
    const { clock, server, openTab } = setUp();
    const { client, transport } = openTab();
    const claim = client.claim([paris]);
    const listener = vi.fn();
    claim.subscribe(listener);
    await clock.turn(0);
    transport.disconnect();
    server.free('1', 'closed');
    transport.reconnect();
    await clock.turn(0);
    expect(claim.state()).toEqual({ kind: 'lost', reason: 'expired' });
    expect(listener).toHaveBeenCalled();
    expect(client.leaseHeaders([paris])).toEqual({});
  });

  it('keeps asking for the lease while the server does not see Redis', async () => {
    const { clock, server, openTab } = setUp();
    const { client, transport } = openTab();
    const claim = client.claim([paris]);
    await clock.turn(0);
    transport.disconnect();
    server.setCertain(false);
    transport.reconnect();
    await clock.turn(0);
    expect(claim.state().kind).toBe('resuming');
    server.setCertain(true);
    await clock.turn(0);
    expect(claim.state().kind).toBe('held');
  });

  it('tells the holder at once when the server reports the loss', async () => {
    const { clock, server, openTab } = setUp();
    const { client } = openTab();
    const claim = client.claim([paris]);
    await clock.turn(0);
    server.free('1', 'expired');
    await clock.turn(0);
    expect(claim.state()).toEqual({ kind: 'lost', reason: 'expired' });
  });
});
