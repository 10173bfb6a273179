/** Shared by the tests of `core`: two users, two records, and clients of a server in memory whose clock a test turns. */
import type { Actor, ClientMessage, ClientMessageName, RecordKey } from '@rowlock/protocol';
import { type Mock, vi } from 'vitest';
import { createRowlockClient, type RowlockClient } from '../core/client.ts';
import type { StorageArea } from '../core/leaseStorage.ts';
import { LockObserver, type LockObserverOptions } from '../core/lockObserver.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import type { MemoryServerOptions } from '../testing/memoryServerOptions.ts';
import { createMemoryTransport, type MemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock, type TurnableClock } from '../testing/turnableClock.ts';

export const ann: Actor = { id: 'ann', name: 'Ann Lee' };
export const bo: Actor = { id: 'bo', name: 'Bo' };
export const paris: RecordKey = 'cities/1';
export const lyon: RecordKey = 'cities/2';

/** A client that is not started yet, and stores nothing. */
export function setUpClient(options: MemoryServerOptions = {}) {
  const clock = createTurnableClock();
  const server = new MemoryServer({ clock, ...options });
  const transport = createMemoryTransport({ server });
  const client = createRowlockClient({ transport, clock, storage: null });
  return { clock, server, transport, client };
}

/** A client that is started, and an observer of records with a listener. By default it observes both. */
export function setUpObserver(records: RecordKey[] = [paris, lyon], options: LockObserverOptions = {}) {
  const setup = setUpClient();
  setup.client.start();
  const observer = new LockObserver(setup.client, records, options);
  const listener: Mock<() => void> = vi.fn();
  const stop = observer.subscribe(listener);
  return { ...setup, observer, listener, stop };
}

/** Opens tabs one by one. By default they are Ann's and share a storage, as a tab that is reloaded. */
export function setUpTabs(options: MemoryServerOptions = {}) {
  const clock = createTurnableClock();
  const server = new MemoryServer({ clock, ...options });
  const area = memoryStorage();
  const openTab = (actor = ann, storage: StorageArea = area) => {
    const transport = createMemoryTransport({ server, actor });
    // Each page has a storage object of its own, over the content of the tab's.
    const client = createRowlockClient({ transport, clock, storage: { ...storage }, tabLocks: null });
    const stop = client.start();
    return { transport, client, stop };
  };
  return { clock, server, area, openTab };
}

export function memoryStorage(): StorageArea & { content: Map<string, string> } {
  const content = new Map<string, string>();
  return {
    content,
    getItem: (name) => content.get(name) ?? null,
    setItem: (name, value) => void content.set(name, value),
  };
}

/** The messages of that name that the server has received, oldest first. */
export const sent = <N extends ClientMessageName>(server: MemoryServer, name: N) =>
  server.received.filter((each) => each.name === name).map((each) => each.message as ClientMessage<N>);

/** A listener that counts, and the watch that it listens by. */
export function watch(client: RowlockClient, ...records: RecordKey[]) {
  const listener: Mock<() => void> = vi.fn();
  const stop = client.records.watch(records, listener);
  return { listener, stop };
}

export async function drop(transport: MemoryTransport, clock: TurnableClock) {
  transport.disconnect();
  await clock.turn(0);
}
