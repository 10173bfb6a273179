import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { checkHistory } from './checkHistory.ts';
import type { Acquire, Extend, Free, Operation, Release, Transfer, Write } from './history.ts';
import type { CellsOf } from './holds.ts';

const cellsOf: CellsOf = (record, scope) =>
  scope === 'subtree' && record === 'regions/1' ? ['regions/1', 'cities/1', 'cities/2'] : [record];

const at = (beginMs: number, endMs: number, client = 'a') => ({ client, beginMs, endMs });

function acquired(leaseId: string, when: ReturnType<typeof at>, more: Partial<Acquire> = {}): Acquire {
  return {
    verb: 'acquire',
    ...when,
    holderId: `${when.client}:${leaseId}`,
    records: ['cities/1'],
    mode: 'exclusive',
    scope: 'record',
    onConflict: 'refuse',
    answer: { kind: 'acquired', leaseId, fence: leaseId, skipped: [] },
    ...more,
  };
}

const refused = (named: string[], when: ReturnType<typeof at>, more: Partial<Acquire> = {}): Acquire => ({
  ...acquired('0', when),
  holderId: `${when.client}:refused at ${when.beginMs}`,
  answer: {
    kind: 'refused',
    named: named.map((holderId) => ({ leaseId: holderId.split(':')[1]!, holderId })),
  },
  ...more,
});
const released = (leaseId: string, when: ReturnType<typeof at>): Release => ({
  verb: 'release',
  ...when,
  leaseId,
  answer: { kind: 'done' },
});
const freed = (leaseId: string, records: RecordKey[], when: ReturnType<typeof at>): Free => ({
  verb: 'free',
  ...when,
  leaseId,
  records,
  answer: { kind: 'done' },
});
const extended = (
  leaseId: string,
  records: RecordKey[],
  fence: string,
  when: ReturnType<typeof at>,
): Extend => ({
  verb: 'extend',
  ...when,
  leaseId,
  records,
  answer: { kind: 'acquired', fence },
});
const transferred = (leaseId: string, fence: string, when: ReturnType<typeof at>): Transfer => ({
  verb: 'transfer',
  ...when,
  leaseId,
  toHolderId: `${when.client}:next of ${leaseId}`,
  answer: { kind: 'acquired', fence },
});
const certain = (leaseId: string, atMs: number): Operation => ({
  verb: 'certain',
  client: 'a',
  leaseId,
  atMs,
});
const written = (read: number, fence: string, when: ReturnType<typeof at>): Write => ({
  verb: 'write',
  ...when,
  counter: 'cities/1',
  fence,
  read,
  answer: { kind: 'done' },
});

const rulesBrokenBy = (...history: Operation[]) => checkHistory(history, cellsOf).map(({ rule }) => rule);

describe('exclusion', () => {
  it('exclusion holds if one lease is released before the next is acquired', () => {
    expect(
      rulesBrokenBy(
        acquired('1', at(0, 1)),
        released('1', at(5, 6)),
        acquired('2', at(5, 6, 'b')),
        released('2', at(9, 10, 'b')),
      ),
    ).toEqual([]);
  });

  it('exclusion is broken if the first holder still has its signal when the second has its lease', () => {
    const overlap = [acquired('1', at(0, 1)), certain('1', 8), acquired('2', at(5, 6, 'b')), certain('2', 9)];
    expect(rulesBrokenBy(...overlap)).toEqual(['exclusion']);
    expect(checkHistory(overlap, cellsOf)[0]!.message).toContain('for 2.0 ms at least');
  });

  it('exclusion is broken if a later release succeeds, since the lease was in force until then', () => {
    expect(
      rulesBrokenBy(
        acquired('1', at(0, 1)),
        acquired('2', at(3, 4, 'b')),
        certain('2', 6),
        released('1', at(7, 8)),
      ),
    ).toEqual(['exclusion']);
  });

  it('exclusion holds if the first holder was no longer certain of its lease', () => {
    expect(
      rulesBrokenBy(acquired('1', at(0, 1)), certain('1', 4), acquired('2', at(5, 6, 'b')), certain('2', 9)),
    ).toEqual([]);
  });

  it('exclusion holds between shared leases, and is broken between a shared and an exclusive one', () => {
    const shared = { mode: 'shared' as const };
    const first = [acquired('1', at(0, 1), shared), certain('1', 9)];
    expect(rulesBrokenBy(...first, acquired('2', at(3, 4, 'b'), shared), certain('2', 8))).toEqual([]);
    expect(rulesBrokenBy(...first, acquired('2', at(3, 4, 'b')), certain('2', 8))).toEqual(['exclusion']);
  });

  it('exclusion is broken below a locked subtree, and holds beside it', () => {
    const subtree = acquired('1', at(0, 1), { scope: 'subtree', records: ['regions/1'] });
    const below = acquired('2', at(3, 4, 'b'), { records: ['cities/2'] });
    const beside = acquired('2', at(3, 4, 'b'), { records: ['cities/3'] });
    expect(rulesBrokenBy(subtree, certain('1', 9), below, certain('2', 8))).toEqual(['exclusion']);
    expect(rulesBrokenBy(subtree, certain('1', 9), beside, certain('2', 8))).toEqual([]);
  });

  it('exclusion holds for skipped and freed records, and is broken for records that were kept', () => {
    const skipping = acquired('1', at(0, 1), {
      records: ['cities/1', 'cities/2'],
      answer: { kind: 'acquired', leaseId: '1', fence: '1', skipped: ['cities/1'] },
    });
    expect(rulesBrokenBy(skipping, certain('1', 9), acquired('2', at(3, 4, 'b')), certain('2', 8))).toEqual(
      [],
    );

    const two = acquired('1', at(0, 1), { records: ['cities/1', 'cities/2'] });
    const second = (key: RecordKey) => [acquired('2', at(3, 5, 'b'), { records: [key] }), certain('2', 8)];
    const freeing = [two, freed('1', ['cities/1'], at(2, 4)), certain('1', 9)];
    expect(rulesBrokenBy(...freeing, ...second('cities/1'))).toEqual([]);
    expect(rulesBrokenBy(...freeing, ...second('cities/2'))).toEqual(['exclusion']);
  });

  it('exclusion is broken for records that were added to a lease, and after a transfer', () => {
    const second = [acquired('3', at(5, 6, 'b'), { records: ['cities/2'] }), certain('3', 8)];
    const extending = [acquired('1', at(0, 1)), extended('1', ['cities/2'], '2', at(2, 3)), certain('1', 9)];
    expect(rulesBrokenBy(...extending, ...second)).toEqual(['exclusion']);

    const other = [acquired('3', at(5, 6, 'b')), certain('3', 8)];
    const transferring = [acquired('1', at(0, 1)), transferred('1', '2', at(2, 3)), certain('1', 9)];
    expect(rulesBrokenBy(...transferring, ...other)).toEqual(['exclusion']);
  });
});

describe('fences', () => {
  it('fences rise if a lease is requested after another was acquired', () => {
    expect(
      rulesBrokenBy(acquired('1', at(0, 1)), acquired('2', at(2, 3), { records: ['cities/2'] })),
    ).toEqual([]);
  });

  it('fences of two overlapping calls may have any order', () => {
    expect(
      rulesBrokenBy(acquired('2', at(0, 3)), acquired('1', at(2, 4), { records: ['cities/2'] })),
    ).toEqual([]);
  });

  it('fences that are lower, or the same again, break the rule for each verb', () => {
    const lower = acquired('1', at(2, 3), { records: ['cities/2'] });
    expect(rulesBrokenBy(acquired('2', at(0, 1)), lower)).toEqual(['fences']);
    expect(rulesBrokenBy(acquired('1', at(0, 1)), extended('1', ['cities/2'], '1', at(2, 3)))).toEqual([
      'fences',
    ]);
    expect(rulesBrokenBy(acquired('5', at(0, 1)), transferred('5', '4', at(2, 3)))).toEqual(['fences']);
  });

  it('fences are compared as whole numbers of any size, not as text', () => {
    const first = acquired('1', at(0, 1), {
      answer: { kind: 'acquired', leaseId: '1', fence: '9007199254740993', skipped: [] },
    });
    const next = (fence: string) =>
      acquired('2', at(2, 3), {
        records: ['cities/2'],
        answer: { kind: 'acquired', leaseId: '2', fence, skipped: [] },
      });
    expect(rulesBrokenBy(first, next('9007199254740992'))).toEqual(['fences']);
    expect(rulesBrokenBy(first, next('10000000000000000'))).toEqual([]);
  });
});

describe('refusals', () => {
  it('a refusal may name a lease that was held at any time during the call', () => {
    expect(
      rulesBrokenBy(acquired('1', at(0, 1)), refused(['a:1'], at(2, 4, 'b')), released('1', at(3, 5))),
    ).toEqual([]);
  });

  it('a refusal may not name a lease that was released before the call', () => {
    expect(
      rulesBrokenBy(acquired('1', at(0, 1)), released('1', at(2, 3)), refused(['a:1'], at(4, 5, 'b'))),
    ).toEqual(['refusals']);
  });

  it('a refusal may name a released lease if Redis has lost the release', () => {
    const ended = [acquired('1', at(0, 1)), released('1', at(2, 3))];
    const restart = (isLossy: boolean): Operation => ({ verb: 'restart', beginMs: 4, endMs: 6, isLossy });
    expect(rulesBrokenBy(...ended, restart(true), refused(['a:1'], at(7, 8, 'b')))).toEqual([]);
    expect(rulesBrokenBy(...ended, restart(false), refused(['a:1'], at(7, 8, 'b')))).toEqual(['refusals']);
  });

  it('a refusal may not name a request that was refused, is later, or was never made', () => {
    const first = acquired('1', at(0, 1));
    const loser = refused(['a:1'], at(2, 3, 'c'));
    expect(rulesBrokenBy(first, loser, refused([loser.holderId], at(4, 5, 'b')))).toEqual(['refusals']);
    expect(rulesBrokenBy(acquired('1', at(6, 7)), refused(['a:1'], at(4, 5, 'b')))).toEqual(['refusals']);
    expect(rulesBrokenBy(first, refused(['a:9'], at(4, 5, 'b')))).toEqual(['refusals']);
  });

  it('a refusal may name a request whose answer was lost, or whose client was killed', () => {
    const unanswered = acquired('1', at(0, 1), { answer: { kind: 'unanswered' } });
    expect(rulesBrokenBy(unanswered, refused(['a:1'], at(4, 5, 'b')))).toEqual([]);
    expect(rulesBrokenBy({ verb: 'killed', client: 'a', atMs: 1 }, refused(['a:9'], at(4, 5, 'b')))).toEqual(
      [],
    );
  });

  it('a refusal may name a waiting request only while it waits', () => {
    const waiting = refused([], at(0, 5, 'c'), { onConflict: 'wait', holderId: 'c:1' });
    expect(rulesBrokenBy(waiting, refused(['c:1'], at(2, 3, 'b')))).toEqual([]);
    expect(rulesBrokenBy(waiting, refused(['c:1'], at(6, 7, 'b')))).toEqual(['refusals']);
  });

  it('a refusal that names no lease breaks the rule', () => {
    expect(rulesBrokenBy(refused([], at(2, 3, 'b')))).toEqual(['refusals']);
  });

  it('a refusal after a transfer may name the new holder, and not the old one', () => {
    const transferring = [acquired('1', at(0, 1)), transferred('1', '2', at(2, 3))];
    expect(rulesBrokenBy(...transferring, refused(['a:next of 1'], at(4, 5, 'b')))).toEqual([]);
    expect(rulesBrokenBy(...transferring, refused(['a:1'], at(4, 5, 'b')))).toEqual(['refusals']);
  });
});

describe('updates', () => {
  it('no update is lost if each client reads what the client before it wrote', () => {
    expect(rulesBrokenBy(written(0, '1', at(0, 1)), written(1, '2', at(2, 3, 'b')))).toEqual([]);
  });

  it('an update is lost if two clients read the same value', () => {
    expect(rulesBrokenBy(written(0, '1', at(0, 1)), written(0, '2', at(2, 3, 'b')))).toEqual([
      'lost updates',
    ]);
  });

  it('no update is lost if the fence refuses one of two writes', () => {
    const late: Operation = { ...written(0, '1', at(4, 5)), answer: { kind: 'fenced' } };
    expect(rulesBrokenBy(written(0, '2', at(2, 3, 'b')), late)).toEqual([]);
  });
});
