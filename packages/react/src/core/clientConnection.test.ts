import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { bo, drop, paris, sent, setUpClient, watch } from '../testSupport/clientFixture.ts';
import { createRowlockClient } from './client.ts';

afterEach(() => vi.restoreAllMocks());

describe('a lost connection', () => {
  it('The last known state stays in sight, marked as stale', async () => {
    const { clock, server, transport, client } = setUpClient();
    server.hold([paris], { actor: bo });
    client.start();
    const { listener } = watch(client, paris);
    await clock.turn(0);
    listener.mockClear();
    await drop(transport, clock);
    expect(client.connection.status).toBe('reconnecting');
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'person', isStale: true });
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('A view is fresh only after everything was answered again', async () => {
    const { clock, server, transport, client } = setUpClient();
    const lease = server.hold([paris], { actor: bo });
    client.start();
    watch(client, paris);
    await clock.turn(0);
    await drop(transport, clock);
    server.free(lease);
    server.hold([paris], { actor: { id: 'cy', name: 'Cy' } });
    server.delayMs = 50;
    transport.reconnect();
    await clock.turn(50);
    expect(client.connection.status).toBe('live');
    expect(client.records.getLock(paris).isStale).toBe(true);
    await clock.turn(50);
    expect(client.records.getLock(paris)).toMatchObject({
      isStale: false,
      lease: { holder: { actor: { name: 'Cy' } } },
    });
  });

  it('An answer of the old connection does not count', async () => {
    const { clock, server, transport, client } = setUpClient({ delayMs: 100 });
    client.start();
    await clock.turn(100);
    watch(client, paris);
    await clock.turn(50);
    transport.disconnect();
    transport.reconnect();
    await clock.turn(60);
    expect(client.records.getLock(paris).isStale).toBe(true);
    await clock.turn(200);
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'free', isStale: false });
    expect(sent(server, 'watch')).toHaveLength(2);
  });

  it('The view agrees with the server after Redis was away', async () => {
    const { clock, server, client } = setUpClient();
    const lease = server.hold([paris], { actor: bo });
    client.start();
    watch(client, paris);
    await clock.turn(0);
    server.setCertain(false);
    await clock.turn(0);
    expect(client.connection.status).toBe('uncertain');
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'person', isStale: true });
    server.free(lease);
    await clock.turn(0);
    server.setCertain(true);
    await clock.turn(0);
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'free', isStale: false });
  });

  it('A quiet hour sends nothing but a question every 20 s', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    watch(client, paris);
    await clock.turn(0);
    const before = server.received.length;
    await clock.turn(3_600_000);
    expect(server.received.slice(before)).toEqual(Array(180).fill({ name: 'confirm', message: {} }));
    expect(clock.pending()).toBe(1);
  });

  it('The connection survives a provider that mounts twice, as under StrictMode', async () => {
    const { clock, transport, client } = setUpClient();
    const close = vi.spyOn(transport, 'close');
    const stop = client.start();
    stop();
    client.start();
    await clock.turn(1_000);
    expect(close).not.toHaveBeenCalled();
    expect(client.connection.status).toBe('live');
  });
});

describe('a computer whose clock is wrong', () => {
  it('The times of a lock and of a reconnect are by the clock of the server', async () => {
    const serverClock = createTurnableClock();
    const clock = createTurnableClock(serverClock.now() - 3_600_000);
    const server = new MemoryServer({ clock: serverClock });
    server.hold([paris], { actor: bo });
    await serverClock.turn(180_000);
    const transport = createMemoryTransport({ server });
    const client = createRowlockClient({ transport, clock, storage: null });
    client.start();
    watch(client, paris);
    await clock.turn(0);
    expect(client.connection.serverNow() - client.records.getLock(paris).lease!.since).toBe(180_000);

    await clock.turn(5_000);
    transport.disconnect();
    await clock.turn(2_000);
    const connection = client.connection.current;
    expect(connection.status === 'reconnecting' && client.connection.serverNow() - connection.sinceMs).toBe(
      2_000,
    );
  });

  it('The client follows the clock of the server at each connection', async () => {
    const serverClock = createTurnableClock();
    const clock = createTurnableClock();
    const server = new MemoryServer({ clock: serverClock });
    const transport = createMemoryTransport({ server });
    const client = createRowlockClient({ transport, clock, storage: null });
    client.start();
    await clock.turn(0);
    // The computer slept, and its clock stopped.
    transport.disconnect();
    await serverClock.turn(600_000);
    transport.reconnect();
    await clock.turn(0);
    expect(client.connection.serverNow()).toBe(serverClock.now());
  });
});

describe('a client whose credentials expire', () => {
  it('P15: Expired credentials are the reason of a lost connection, which is refused until the user signs in', async () => {
    const { clock, server, transport, client } = setUpClient();
    const reasons: (string | undefined)[] = [];
    client.connection.onChange(() => {
      const { current } = client.connection;
      reasons.push('error' in current ? `${current.status} ${current.error?.code}` : current.status);
    });
    client.start();
    await clock.turn(0);
    server.sessions.expire('ann');
    await clock.turn(0);
    expect(reasons).toEqual(['live', 'reconnecting unauthenticated', 'refused unauthenticated']);
    transport.signInAs({ id: 'ann', name: 'Ann' });
    client.connection.reconnect();
    await clock.turn(0);
    expect(client.connection.status).toBe('live');
  });
});

describe('a client that is refused', () => {
  it('A failed connection shows its reason on the page and once in the console', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { clock, transport, client } = setUpClient();
    transport.refuse('No such user.');
    client.start();
    await clock.turn(0);
    client.connection.reconnect();
    await clock.turn(0);
    expect(warn.mock.calls).toEqual([['[rowlock] There is no connection. No such user.']]);
    expect(client.connection.current).toMatchObject({
      status: 'refused',
      error: { message: 'No such user.' },
    });
  });
});
