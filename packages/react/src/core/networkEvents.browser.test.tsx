import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { createRowlockClient } from './client.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function setUp() {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  cleanUps.push(() => warn.mockRestore());
  const clock = createTurnableClock();
  const transport = createMemoryTransport({ clock });
  const client = createRowlockClient({ transport, clock, storage: null });
  cleanUps.push(client.start());
  await clock.turn(0);
  expect(client.connection.status).toBe('live');
  await clock.turn(10_000);
  const countQuestions = () => transport.server.received.filter(({ name }) => name === 'confirm').length;
  return { clock, transport, client, countQuestions };
}

const send = (type: string) => window.dispatchEvent(new Event(type));

describe('the network of the browser', () => {
  it('An offline browser is shown as reconnecting at once', async () => {
    const { transport, client } = await setUp();
    transport.cutSilently();
    send('offline');
    expect(client.connection.current).toMatchObject({ status: 'reconnecting', isOffline: true });
    send('online');
    expect(client.connection.current).not.toHaveProperty('isOffline');
    transport.reconnect();
    await vi.waitFor(() => expect(client.connection.status).toBe('live'));
  });

  it('An online browser connects at once, without waiting for the next attempt', async () => {
    const { transport, client } = await setUp();
    transport.disconnect();
    const connect = vi.spyOn(transport, 'connect');
    send('online');
    expect(connect).toHaveBeenCalledTimes(1);
    expect(client.connection.status).toBe('reconnecting');
  });

  it('A page that gets the focus or becomes visible asks whether the connection works', async () => {
    const { clock, countQuestions } = await setUp();
    send('focus');
    expect(countQuestions()).toBe(1);
    await clock.turn(2_000);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(countQuestions()).toBe(2);
  });

  it('A client that is stopped no longer listens', async () => {
    const { clock, client, countQuestions } = await setUp();
    for (const cleanUp of cleanUps) cleanUp();
    await clock.turn(1_000);
    send('offline');
    send('focus');
    expect(countQuestions()).toBe(0);
    expect(client.connection.current).not.toHaveProperty('isOffline');
  });
});

describe('a client that was refused', () => {
  it('The focus of the page tries again, not more often than every 5 s', async () => {
    const { clock, transport, client } = await setUp();
    transport.refuse('Sign in.');
    const connect = vi.spyOn(transport, 'connect');
    send('focus');
    await clock.turn(4_900);
    send('focus');
    expect(connect).not.toHaveBeenCalled();
    await clock.turn(100);
    send('focus');
    expect(connect).toHaveBeenCalledTimes(1);
    expect(client.connection.status).toBe('refused');
  });

  it('The client is live after a sign-in elsewhere', async () => {
    const { clock, transport, client } = await setUp();
    transport.refuse('Sign in.');
    await clock.turn(5_000);
    transport.accept();
    send('focus');
    await clock.turn(0);
    expect(client.connection.status).toBe('live');
  });

  it('Credentials that are refused again stay refused, without a change on the page', async () => {
    const { clock, transport, client } = await setUp();
    transport.refuse('Sign in.');
    const changes = vi.fn();
    client.connection.onChange(changes);
    await clock.turn(60_000);
    send('focus');
    await clock.turn(0);
    expect(client.connection.current).toMatchObject({ status: 'refused', error: { message: 'Sign in.' } });
    expect(changes).not.toHaveBeenCalled();
  });
});
