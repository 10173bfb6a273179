import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { ann, bo, lyon, memoryStorage, paris, sent, setUpTabs } from '../testSupport/clientFixture.ts';
import { createRowlockClient } from './client.ts';
import type { TabLeaseHandle } from './leaseHandle.ts';
import type { StorageArea } from './leaseStorage.ts';

const storedIn = ({ content }: { content: Map<string, string> }) =>
  JSON.parse([...content.values()].join()) as {
    session: { sessionId: string; secret: string };
    leases: unknown[];
  };

describe('a reload', () => {
  it('A reload continues the session, under which the lease is held and the header is sent', async () => {
    const { clock, server, area, openTab } = setUpTabs();
    const before = openTab();
    before.client.leases.hold([paris]);
    await clock.turn(0);
    const { sessionId, secret } = storedIn(area).session;
    const headers = { 'Rowlock-Session': `${sessionId}.${secret}` };
    expect(before.client.leases.sessionHeaders()).toEqual(headers);
    before.transport.close();

    const { client } = openTab();
    client.leases.hold([paris]);
    expect(client.leases.sessionHeaders()).toEqual({});
    await clock.turn(0);
    expect(client.leases.sessionHeaders()).toEqual(headers);
    expect(server.leasesOn(paris)).toMatchObject([{ holder: { id: sessionId } }]);
  });

  it('A reload resumes the lease before any acquire, and stores the new secret', async () => {
    const { clock, server, area, openTab } = setUpTabs();
    const before = openTab();
    const lost = before.client.leases.hold([paris]);
    await clock.turn(0);
    const headers = before.client.leases.headers([paris]);
    before.transport.close();
    expect(lost.getState().kind).toBe('held');

    const after = openTab();
    const lease = after.client.leases.hold([paris]);
    await clock.turn(0);
    expect(await lease.settled).toMatchObject({ ok: true, lease: { id: '1' } });
    expect(sent(server, 'acquire')).toHaveLength(1);
    expect(sent(server, 'resume')).toHaveLength(1);
    expect(after.client.leases.headers([paris])).not.toEqual(headers);
    const [, leaseSecret] = Object.entries(after.client.leases.headers([paris]))[0]!;
    expect([...area.content.values()].join()).toContain(leaseSecret.split('.')[1]);
  });

  it('A reload shows the row as held all the time', async () => {
    const { clock, openTab } = setUpTabs();
    const before = openTab();
    before.client.leases.hold([paris]);
    await clock.turn(0);
    before.transport.close();

    const { client } = openTab();
    const kinds: string[] = [];
    client.records.watch([paris], () => kinds.push(client.records.getLock(paris).kind));
    client.leases.hold([paris]);
    await clock.turn(0);
    expect(new Set(kinds)).toEqual(new Set(['unknown', 'held']));
  });

  it('A reload acquires a new lease if the old one has ended meanwhile', async () => {
    const { clock, server, openTab } = setUpTabs();
    const before = openTab();
    before.client.leases.hold([paris]);
    await clock.turn(0);
    before.transport.close();
    server.free('1', 'closed');

    const { client } = openTab();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    expect(await lease.settled).toMatchObject({ ok: true, lease: { id: '2' } });
  });

  it('A reload repeats a resume with the same new secret if the answer was lost', async () => {
    const { clock, server, openTab } = setUpTabs();
    const first = openTab();
    first.client.leases.hold([paris]);
    await clock.turn(0);
    first.transport.close();

    server.delayMs = 1_000;
    const second = openTab();
    await clock.turn(1_500);
    expect(sent(server, 'resume')).toHaveLength(1);
    second.transport.close();
    server.delayMs = 0;

    const third = openTab();
    const lease = third.client.leases.hold([paris]);
    await clock.turn(0);
    expect(await lease.settled).toMatchObject({ ok: true, lease: { id: '1' } });
  });

  it('A reload releases leases that nothing on the new page uses', async () => {
    const { clock, server, openTab } = setUpTabs();
    const before = openTab();
    before.client.leases.hold([paris]);
    await clock.turn(0);
    before.transport.close();
    openTab();
    await clock.turn(9_000);
    expect(server.leasesOn(paris)).toHaveLength(1);
    await clock.turn(2_000);
    expect(server.leasesOn(paris)).toHaveLength(0);
  });

  it('A released lease leaves the storage, and the session stays', async () => {
    const { clock, area, openTab } = setUpTabs();
    const { client } = openTab();
    const lease = client.leases.hold([paris]);
    await clock.turn(0);
    expect(area.content.size).toBe(1);
    void lease.release('now');
    await clock.turn(0);
    expect(storedIn(area)).toMatchObject({ leases: [] });
  });

  it('The client works with a storage that is garbled or forbidden', async () => {
    const { clock, openTab } = setUpTabs();
    const garbled = memoryStorage();
    garbled.setItem('rowlock.leases:/socket.io', '{"setId": 1');
    const forbidden: StorageArea = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('denied');
      },
    };
    const first = openTab(ann, garbled).client.leases.hold([paris]);
    const second = openTab(bo, forbidden).client.leases.hold([lyon]);
    await clock.turn(0);
    expect([first.getState().kind, second.getState().kind]).toEqual(['held', 'held']);
  });
});

describe('a duplicated tab', () => {
  afterEach(() => vi.unstubAllGlobals());

  const ways = [
    { way: 'by the locks of the browser', navigator: globalThis.navigator },
    { way: 'by asking, on a page without HTTPS', navigator: {} },
  ];

  it.for(ways)(
    'A duplicated tab leaves the leases to the tab that has them, found $way',
    async ({ navigator }) => {
      vi.stubGlobal('navigator', navigator);
      const { clock, server, area } = setUpTabs();
      const openTab = (storage: StorageArea) => {
        const transport = createMemoryTransport({ server, actor: ann });
        const client = createRowlockClient({ transport, clock, storage: { ...storage } });
        const stop = client.start();
        return { client, stop };
      };
      const kindOf = async (lease: TabLeaseHandle, kind: string) => {
        await vi.waitFor(async () => {
          await clock.turn(10);
          expect(lease.getState().kind).toBe(kind);
        });
      };
      const original = openTab(area);
      const lease = original.client.leases.hold([paris]);
      await kindOf(lease, 'held');
      const copied = memoryStorage();
      for (const [name, value] of area.content) copied.setItem(name, value);
      const duplicate = openTab(copied);
      const second = duplicate.client.leases.hold([paris]);
      await kindOf(second, 'refused');
      expect(lease.getState().kind).toBe('held');
      expect(sent(server, 'resume')).toEqual([]);
      expect(storedIn(copied).leases).toEqual([]);
      expect(storedIn(copied).session.sessionId).not.toBe(storedIn(area).session.sessionId);
      expect(duplicate.client.leases.sessionHeaders()).not.toEqual(original.client.leases.sessionHeaders());
      original.stop();
      duplicate.stop();
      await clock.turn(1_000);
    },
  );
});

describe('two clients on one page', () => {
  it('Two clients on one page resume their own leases after a reload', async () => {
    const { clock, server, area } = setUpTabs();
    const openPage = () => {
      const page = { ...area };
      return [paris, lyon].map((record) => {
        const transport = createMemoryTransport({ server, actor: ann });
        const client = createRowlockClient({ transport, clock, storage: page, tabLocks: null });
        client.start();
        return { transport, lease: client.leases.hold([record]) };
      });
    };
    const before = openPage();
    await clock.turn(0);
    for (const { transport } of before) transport.close();
    const after = openPage();
    await clock.turn(0);
    expect(after.map(({ lease }) => lease.getState())).toMatchObject([
      { kind: 'held', lease: { id: '1' } },
      { kind: 'held', lease: { id: '2' } },
    ]);
    expect(sent(server, 'acquire')).toHaveLength(2);
  });

  it('Two clients of one page store their leases apart for each server', async () => {
    const area = memoryStorage();
    const clock = createTurnableClock();
    const leases = ['https://one', 'https://one/admin'].map((url) => {
      const transport = createMemoryTransport({ clock, actor: ann });
      const client = createRowlockClient({ url, transport, clock, storage: area, tabLocks: null });
      client.start();
      return client.leases.hold([paris]);
    });
    await clock.turn(0);
    expect(leases.map((lease) => lease.getState().kind)).toEqual(['held', 'held']);
    expect([...area.content.keys()]).toEqual([
      'rowlock.leases:https://one/socket.io',
      'rowlock.leases:https://one/admin/socket.io',
    ]);
  });
});
