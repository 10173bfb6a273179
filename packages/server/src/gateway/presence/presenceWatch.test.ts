import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { handClock } from '../../../test/fixtures/handClock.ts';
import type { Session } from '../session/session.ts';
import { WatchedViewers } from '../view/watchedViewers.ts';
import type { PresenceStore } from './presenceStore.ts';
import { PresenceWatch } from './presenceWatch.ts';

const PARIS: RecordKey = 'cities/1';
const settled = () => new Promise((resolve) => setImmediate(resolve));

function setUp(overrides: Partial<PresenceStore> = {}) {
  const calls: string[] = [];
  const noted: RecordKey[] = [];
  let listener: Parameters<PresenceStore['listen']>[0] | undefined;
  const call = (name: string) => async () => void calls.push(name);
  const store: PresenceStore = {
    join: async (_viewers, isAgain) => void calls.push(isAgain ? 'join again' : 'join'),
    leave: call('leave'),
    end: call('end'),
    renew: async () => true,
    findGone: async () => [],
    async read(records) {
      calls.push('read');
      return new Map(records.map((record) => [record, []]));
    },
    listen(given) {
      listener = given;
      return () => calls.push('stop');
    },
    ...overrides,
  };
  const clock = handClock();
  const session = {
    id: 'tab',
    actor: { id: 'ann', name: 'Ann' },
    socket: { id: 'connection' },
    noteViewers: (record: RecordKey) => noted.push(record),
  } as unknown as Session;
  const watchedViewers = new WatchedViewers<Session>();
  const presence = new PresenceWatch({ watchedViewers, store, clock, isOn: true });
  const turn = async (ms: number) => {
    clock.turn(ms);
    await settled();
  };
  return { presence, session, calls, noted, turn, channel: () => listener! };
}

describe('presence of a gateway', () => {
  it('the last viewer that leaves ends the subscription and the key of the gateway', async () => {
    const { presence, session, calls } = setUp();
    await presence.begin(session, [PARIS]);
    presence.end(session, [PARIS]);
    await settled();
    expect(calls).toEqual(['join', 'read', 'leave', 'stop', 'end']);
  });

  it('a viewer whose leaving fails leaves with the next renewal', async () => {
    let failures = 1;
    const left: string[] = [];
    const { presence, session, turn } = setUp({
      async leave(viewers) {
        if (failures-- > 0) throw new Error('Redis is away');
        left.push(...viewers.map(({ record }) => record));
      },
    });
    await presence.begin(session, [PARIS]);
    presence.end(session, [PARIS]);
    await settled();
    expect(left).toEqual([]);
    await turn(5_000);
    expect(left).toEqual([PARIS]);
  });

  it('a gateway that closes without Redis keeps no subscription', async () => {
    const { presence, session, calls } = setUp({ leave: () => Promise.reject(new Error('Redis is away')) });
    await presence.begin(session, [PARIS]);
    presence.end(session, [PARIS]);
    await presence.close();
    expect(calls.at(-1)).toBe('stop');
  });

  it('a gateway whose key has expired joins again, so that others see its viewers', async () => {
    const { presence, session, calls, turn } = setUp({ renew: async () => false });
    await presence.begin(session, [PARIS]);
    await turn(5_000);
    expect(calls).toContain('join again');
  });

  it('a gateway that may not use the channel reads its records with each renewal', async () => {
    const { presence, session, calls, turn, channel } = setUp();
    await presence.begin(session, [PARIS]);
    await turn(1_000);
    const reads = () => calls.filter((name) => name === 'read').length;
    const before = reads();
    await turn(5_000);
    await turn(1_000);
    expect(reads()).toBe(before);
    channel().onRefused();
    await turn(5_000);
    await turn(1_000);
    expect(reads()).toBe(before + 1);
  });

  it('the viewers of a gateway that is gone are read again', async () => {
    const viewers = [{ gateway: 'gone', sessionId: 'x', actor: { id: 'bo', name: 'Bo' } }];
    let isGone = false;
    const { presence, session, noted, turn } = setUp({
      findGone: async (gateways) => (isGone ? [...gateways] : []),
      read: async (records) => new Map(records.map((record) => [record, isGone ? [] : viewers])),
    });
    await presence.begin(session, [PARIS]);
    await turn(1_000);
    noted.length = 0;
    isGone = true;
    await turn(5_000);
    await turn(1_000);
    expect(noted).toEqual([PARIS]);
  });
});
