import type { ClientMessage, RecordKey } from '@rowlock/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MemoryTab } from '../testing/memoryTab.ts';
import { bo, lyon, paris, sent, setUpClient, watch } from '../testSupport/clientFixture.ts';

afterEach(() => vi.restoreAllMocks());

describe('watching', () => {
  it('Records that are watched in one turn are sent in one message', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    await clock.turn(0);
    watch(client, paris);
    watch(client, paris, lyon);
    client.tasks.watch('t1', () => {});
    await clock.turn(0);
    expect(sent(server, 'watch')).toEqual([{ records: [paris, lyon], tasks: ['t1'] }]);
  });

  it('A record is unknown until the first answer', async () => {
    const { clock, client } = setUpClient();
    watch(client, paris);
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'unknown', isStale: true });
    client.start();
    await clock.turn(0);
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'free', isStale: false });
  });

  it('A lock stays the same object while nothing that it shows has changed', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    watch(client, paris, lyon);
    await clock.turn(0);
    const before = client.records.getLock(paris);
    server.hold([lyon], { actor: bo });
    await clock.turn(0);
    expect(client.records.getLock(paris)).toBe(before);
    expect(client.records.getLock(lyon)).toMatchObject({ kind: 'person', isStale: false });
  });

  it('A change calls only the listeners of its records, and each once', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    const both = watch(client, paris, lyon);
    const other = watch(client, 'cities/3');
    await clock.turn(0);
    both.listener.mockClear();
    other.listener.mockClear();
    server.hold([paris, lyon], { actor: bo });
    await clock.turn(0);
    expect(both.listener).toHaveBeenCalledTimes(1);
    expect(other.listener).not.toHaveBeenCalled();
  });

  it('A watch that is ended and started again at once sends nothing', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    const first = watch(client, paris);
    await clock.turn(0);
    first.stop();
    await clock.turn(100);
    watch(client, paris);
    await clock.turn(2_000);
    expect(sent(server, 'watch')).toHaveLength(1);
    expect(sent(server, 'unwatch')).toHaveLength(0);
  });

  it('Records that nobody has watched for a while are unwatched and forgotten', async () => {
    const { clock, server, client } = setUpClient();
    server.hold([paris], { actor: bo });
    client.start();
    const { stop } = watch(client, paris);
    await clock.turn(0);
    stop();
    await clock.turn(600);
    expect(sent(server, 'unwatch')).toEqual([{ records: [paris], tasks: [] }]);
    expect(client.records.getLock(paris).kind).toBe('unknown');
  });

  it('Many records are sent in parts, up to the limit of the server', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { clock, server, client } = setUpClient({ limits: { watchedRecords: 2_500 } });
    client.start();
    const records = Array.from({ length: 3_000 }, (_, index): RecordKey => `cities/${index}`);
    watch(client, ...records);
    await clock.turn(0);
    expect(sent(server, 'watch').map((message) => message.records?.length)).toEqual([1_000, 1_000, 500]);
    expect(client.records.getLock('cities/2499').kind).toBe('free');
    expect(client.records.getLock('cities/2500').kind).toBe('unknown');
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]![0]).toMatch(/500 records more than the server allows \(2500\)/);
  });

  it('Records that nobody watches make room at once', async () => {
    const { clock, server, client } = setUpClient({ limits: { watchedRecords: 1 } });
    client.start();
    const { stop } = watch(client, paris);
    await clock.turn(0);
    stop();
    watch(client, lyon);
    await clock.turn(0);
    expect(sent(server, 'unwatch')).toEqual([{ records: [paris], tasks: [] }]);
    expect(client.records.getLock(lyon).kind).toBe('free');
  });

  it('A record that the server answers again after a refusal shows no refusal', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    watch(client, paris);
    await clock.turn(0);
    server.sessions.revoke([paris]);
    await clock.turn(0);
    expect(client.records.findRefusal([paris])).toMatchObject({ code: 'forbidden' });
    server.sessions.permit([paris]);
    const isAnswered = client.records.lookAgain([paris]);
    await clock.turn(0);
    expect(await isAnswered).toBe(true);
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'free', isStale: false });
    expect(client.records.findRefusal([paris])).toBeUndefined();
  });

  it('A forbidden resource leaves the rest of the page visible', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    await clock.turn(0);
    const original = server.answer.bind(server);
    vi.spyOn(server, 'answer').mockImplementation((tab, name, message, reply) => {
      const { records } = message as ClientMessage<'watch'>;
      if (name === 'watch' && records?.some((key) => key.startsWith('salaries/'))) {
        reply({ ok: false, error: { code: 'forbidden', message: 'You may not see salaries.' } });
      } else original(tab, name, message, reply);
    });
    const { listener } = watch(client, paris, 'salaries/1');
    await clock.turn(0);
    expect(client.records.getLock(paris).kind).toBe('free');
    expect(client.records.getLock('salaries/1')).toMatchObject({ kind: 'unknown', isStale: true });
    expect(client.records.findRefusal(['salaries/1'])?.message).toBe('You may not see salaries.');
    expect(listener).toHaveBeenCalled();
  });

  it.for(['rate_limited', 'internal', 'unavailable'] as const)(
    'A watch that is refused with %s is sent again, less and less often',
    async (code) => {
      const { clock, server, client } = setUpClient();
      client.start();
      await clock.turn(0);
      server.refuse('watch', { code, message: 'Not now.' });
      watch(client, paris);
      await clock.turn(60_000);
      expect(sent(server, 'watch').length).toBeLessThan(15);
      expect(client.records.findRefusal([paris])).toBeUndefined();
      server.refuse('watch');
      await clock.turn(10_000);
      expect(client.records.getLock(paris)).toMatchObject({ kind: 'free', isStale: false });
      // The next question whether the connection works
      expect(clock.pending()).toBe(1);
    },
  );

  it('The rest of the page is shown while one resource cannot be watched', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    await clock.turn(0);
    const original = server.answer.bind(server);
    const spy = vi.spyOn(server, 'answer').mockImplementation((tab, name, message, reply) => {
      const { records } = message as ClientMessage<'watch'>;
      if (name === 'watch' && records?.some((key) => key.startsWith('salaries/'))) {
        reply({ ok: false, error: { code: 'internal', message: 'Something went wrong.' } });
      } else original(tab, name, message, reply);
    });
    watch(client, paris, 'salaries/1');
    await clock.turn(2_000);
    expect(client.records.getLock(paris).kind).toBe('free');
    expect(client.records.getLock('salaries/1').kind).toBe('unknown');
    spy.mockRestore();
    await clock.turn(10_000);
    expect(client.records.getLock('salaries/1').kind).toBe('free');
  });
});

describe('records that the user may no longer watch', () => {
  it('P15: Hidden records are shown as refused, and nothing is left of what was known', async () => {
    const { clock, server, client } = setUpClient();
    server.hold([paris], { actor: bo, label: 'Secret plans' });
    client.start();
    const { listener } = watch(client, paris, lyon);
    await clock.turn(0);
    expect(client.records.getLock(paris).kind).toBe('person');
    listener.mockClear();
    server.sessions.revoke([paris], 'ann');
    await clock.turn(0);
    expect(client.records.getLock(paris)).toEqual({ kind: 'unknown', leases: [], isStale: true });
    expect(client.records.getLock(lyon)).toMatchObject({ kind: 'free', isStale: false });
    expect(client.records.findRefusal([paris])).toMatchObject({ code: 'forbidden' });
    expect(listener).toHaveBeenCalled();
    server.change([paris]);
    await clock.turn(60_000);
    expect(sent(server, 'watch')).toHaveLength(1);
  });

  it('P15: Hidden records are asked about again at the next connection', async () => {
    const { clock, server, transport, client } = setUpClient();
    client.start();
    watch(client, paris);
    await clock.turn(0);
    server.sessions.revoke([paris], 'ann');
    await clock.turn(0);
    server.sessions.permit([paris], 'ann');
    transport.disconnect();
    transport.reconnect();
    await clock.turn(0);
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'free', isStale: false });
    expect(client.records.findRefusal([paris])).toBeUndefined();
  });

  it('P15: Records whose permission could not be checked are unknown until the server has answered again', async () => {
    const { clock, server, client } = setUpClient();
    const tabs: MemoryTab[] = [];
    const join = server.join.bind(server);
    vi.spyOn(server, 'join').mockImplementation((tab) => {
      tabs.push(tab);
      join(tab);
    });
    server.hold([paris], { actor: bo });
    client.start();
    watch(client, paris);
    await clock.turn(0);
    const error = { code: 'unavailable', message: 'Not in time.' } as const;
    tabs[0]!.emit({ type: 'hidden', payload: { records: [paris], resources: [], tasks: [], error } });
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'unknown', isStale: true });
    await clock.turn(1_000);
    expect(client.records.getLock(paris)).toMatchObject({ kind: 'person', isStale: false });
  });

  it('P15: A lease on a record that the user may no longer hold is lost, for that reason', async () => {
    const { clock, server, client } = setUpClient();
    client.start();
    const handle = client.leases.hold([paris]);
    await clock.turn(0);
    expect(handle.getState().kind).toBe('held');
    server.sessions.revoke([paris]);
    await clock.turn(0);
    expect(handle.getState()).toEqual({ kind: 'lost', reason: 'not permitted' });
    await clock.turn(60_000);
    expect(server.leasesOn(paris)).toEqual([]);
  });
});

describe('a change that crosses with a snapshot', () => {
  it('A change that crosses with a snapshot counts, since it follows the answer', async () => {
    const { clock, server, client } = setUpClient({ delayMs: 100 });
    client.start();
    await clock.turn(100);
    watch(client, paris);
    // The server has answered, the answer is under way, and now the record is taken.
    await clock.turn(50);
    server.hold([paris], { actor: bo });
    await clock.turn(60);
    expect(client.records.getLock(paris).kind).toBe('free');
    await clock.turn(100);
    expect(client.records.getLock(paris).kind).toBe('person');
  });

  it('A change of a record that is no longer watched is dropped', async () => {
    const { clock, server, client } = setUpClient({ delayMs: 100 });
    client.start();
    const { stop } = watch(client, paris);
    await clock.turn(300);
    stop();
    await clock.turn(450);
    server.hold([paris], { actor: bo });
    await clock.turn(200);
    watch(client, paris);
    expect(client.records.getLock(paris).kind).toBe('unknown');
    await clock.turn(200);
    expect(client.records.getLock(paris).kind).toBe('person');
  });
});
