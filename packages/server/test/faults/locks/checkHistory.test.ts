import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { checkHistory } from './checkHistory.ts';
import type { Acquire, Extend, Free, Operation, Release, Transfer, Write } from './history.ts';
import type { CellsOf } from './holds.ts';

const cellsOf: CellsOf = (record, scope) =>
  scope === 'subtree' && record === 'regions/1' ? ['regions/1', 'cities/1', 'cities/2'] : [record];

const at = (beginMs: number, endMs: number, client = 'a') => ({ client, beginMs, endMs });

function granted(leaseId: string, when: ReturnType<typeof at>, more: Partial<Acquire> = {}): Acquire {
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
  ...granted('0', when),
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
  it('holds where one follows the other', () => {
    expect(
      rulesBrokenBy(
        granted('1', at(0, 1)),
        released('1', at(5, 6)),
        granted('2', at(5, 6, 'b')),
        released('2', at(9, 10, 'b')),
      ),
    ).toEqual([]);
  });

  it('is broken where the first still had its signal when the second had its lease', () => {
    const overlap = [granted('1', at(0, 1)), certain('1', 8), granted('2', at(5, 6, 'b')), certain('2', 9)];
    expect(rulesBrokenBy(...overlap)).toEqual(['exclusion']);
    expect(checkHistory(overlap, cellsOf)[0]!.message).toContain('for 2.0 ms at least');
  });

  it('is broken where a release that succeeded proves that the lease was in force all the time', () => {
    expect(
      rulesBrokenBy(
        granted('1', at(0, 1)),
        granted('2', at(3, 4, 'b')),
        certain('2', 6),
        released('1', at(7, 8)),
      ),
    ).toEqual(['exclusion']);
  });

  it('holds where the first was no longer certain of its lease', () => {
    expect(
      rulesBrokenBy(granted('1', at(0, 1)), certain('1', 4), granted('2', at(5, 6, 'b')), certain('2', 9)),
    ).toEqual([]);
  });

  it('holds between shared leases, and is broken between a shared one and an exclusive one', () => {
    const shared = { mode: 'shared' as const };
    const first = [granted('1', at(0, 1), shared), certain('1', 9)];
    expect(rulesBrokenBy(...first, granted('2', at(3, 4, 'b'), shared), certain('2', 8))).toEqual([]);
    expect(rulesBrokenBy(...first, granted('2', at(3, 4, 'b')), certain('2', 8))).toEqual(['exclusion']);
  });

  it('is broken below a subtree that is held, and holds beside it', () => {
    const subtree = granted('1', at(0, 1), { scope: 'subtree', records: ['regions/1'] });
    const below = granted('2', at(3, 4, 'b'), { records: ['cities/2'] });
    const beside = granted('2', at(3, 4, 'b'), { records: ['cities/3'] });
    expect(rulesBrokenBy(subtree, certain('1', 9), below, certain('2', 8))).toEqual(['exclusion']);
    expect(rulesBrokenBy(subtree, certain('1', 9), beside, certain('2', 8))).toEqual([]);
  });

  it('holds for what was skipped or freed, and is broken for what was kept', () => {
    const skipping = granted('1', at(0, 1), {
      records: ['cities/1', 'cities/2'],
      answer: { kind: 'acquired', leaseId: '1', fence: '1', skipped: ['cities/1'] },
    });
    expect(rulesBrokenBy(skipping, certain('1', 9), granted('2', at(3, 4, 'b')), certain('2', 8))).toEqual(
      [],
    );

    const two = granted('1', at(0, 1), { records: ['cities/1', 'cities/2'] });
    const second = (key: RecordKey) => [granted('2', at(3, 5, 'b'), { records: [key] }), certain('2', 8)];
    const freeing = [two, freed('1', ['cities/1'], at(2, 4)), certain('1', 9)];
    expect(rulesBrokenBy(...freeing, ...second('cities/1'))).toEqual([]);
    expect(rulesBrokenBy(...freeing, ...second('cities/2'))).toEqual(['exclusion']);
  });

  it('is broken for what a lease was extended by, and after it was handed over', () => {
    const second = [granted('3', at(5, 6, 'b'), { records: ['cities/2'] }), certain('3', 8)];
    const extending = [granted('1', at(0, 1)), extended('1', ['cities/2'], '2', at(2, 3)), certain('1', 9)];
    expect(rulesBrokenBy(...extending, ...second)).toEqual(['exclusion']);

    const other = [granted('3', at(5, 6, 'b')), certain('3', 8)];
    const handing = [granted('1', at(0, 1)), transferred('1', '2', at(2, 3)), certain('1', 9)];
    expect(rulesBrokenBy(...handing, ...other)).toEqual(['exclusion']);
  });
});

describe('fences', () => {
  it('rise where a lease begins after the answer to another', () => {
    expect(rulesBrokenBy(granted('1', at(0, 1)), granted('2', at(2, 3), { records: ['cities/2'] }))).toEqual(
      [],
    );
  });

  it('are in no order where two calls overlap', () => {
    expect(rulesBrokenBy(granted('2', at(0, 3)), granted('1', at(2, 4), { records: ['cities/2'] }))).toEqual(
      [],
    );
  });

  it('are broken by a lower one, and by the same one again, of whatever verb', () => {
    const lower = granted('1', at(2, 3), { records: ['cities/2'] });
    expect(rulesBrokenBy(granted('2', at(0, 1)), lower)).toEqual(['fences']);
    expect(rulesBrokenBy(granted('1', at(0, 1)), extended('1', ['cities/2'], '1', at(2, 3)))).toEqual([
      'fences',
    ]);
    expect(rulesBrokenBy(granted('5', at(0, 1)), transferred('5', '4', at(2, 3)))).toEqual(['fences']);
  });

  it('are compared as whole numbers of any size, not as text', () => {
    const first = granted('1', at(0, 1), {
      answer: { kind: 'acquired', leaseId: '1', fence: '9007199254740993', skipped: [] },
    });
    const next = (fence: string) =>
      granted('2', at(2, 3), {
        records: ['cities/2'],
        answer: { kind: 'acquired', leaseId: '2', fence, skipped: [] },
      });
    expect(rulesBrokenBy(first, next('9007199254740992'))).toEqual(['fences']);
    expect(rulesBrokenBy(first, next('10000000000000000'))).toEqual([]);
  });
});

describe('refusals', () => {
  it('may name who held at any time during the call', () => {
    expect(
      rulesBrokenBy(granted('1', at(0, 1)), refused(['a:1'], at(2, 4, 'b')), released('1', at(3, 5))),
    ).toEqual([]);
  });

  it('may not name who had let go before', () => {
    expect(
      rulesBrokenBy(granted('1', at(0, 1)), released('1', at(2, 3)), refused(['a:1'], at(4, 5, 'b'))),
    ).toEqual(['refusals']);
  });

  it('may name who had let go before where Redis has lost that since', () => {
    const ended = [granted('1', at(0, 1)), released('1', at(2, 3))];
    const restart = (isLossy: boolean): Operation => ({ verb: 'restart', beginMs: 4, endMs: 6, isLossy });
    expect(rulesBrokenBy(...ended, restart(true), refused(['a:1'], at(7, 8, 'b')))).toEqual([]);
    expect(rulesBrokenBy(...ended, restart(false), refused(['a:1'], at(7, 8, 'b')))).toEqual(['refusals']);
  });

  it('may not name who was refused himself, comes later, or never asked', () => {
    const first = granted('1', at(0, 1));
    const loser = refused(['a:1'], at(2, 3, 'c'));
    expect(rulesBrokenBy(first, loser, refused([loser.holderId], at(4, 5, 'b')))).toEqual(['refusals']);
    expect(rulesBrokenBy(granted('1', at(6, 7)), refused(['a:1'], at(4, 5, 'b')))).toEqual(['refusals']);
    expect(rulesBrokenBy(first, refused(['a:9'], at(4, 5, 'b')))).toEqual(['refusals']);
  });

  it('may name whose answer was lost, and one who was killed while he asked', () => {
    const unanswered = granted('1', at(0, 1), { answer: { kind: 'unanswered' } });
    expect(rulesBrokenBy(unanswered, refused(['a:1'], at(4, 5, 'b')))).toEqual([]);
    expect(rulesBrokenBy({ verb: 'killed', client: 'a', atMs: 1 }, refused(['a:9'], at(4, 5, 'b')))).toEqual(
      [],
    );
  });

  it('may name one who waits, as long as he does', () => {
    const waiting = refused([], at(0, 5, 'c'), { onConflict: 'wait', holderId: 'c:1' });
    expect(rulesBrokenBy(waiting, refused(['c:1'], at(2, 3, 'b')))).toEqual([]);
    expect(rulesBrokenBy(waiting, refused(['c:1'], at(6, 7, 'b')))).toEqual(['refusals']);
  });

  it('must name somebody', () => {
    expect(rulesBrokenBy(refused([], at(2, 3, 'b')))).toEqual(['refusals']);
  });

  it('after a transfer name the new holder, and no longer the old one', () => {
    const handed = [granted('1', at(0, 1)), transferred('1', '2', at(2, 3))];
    expect(rulesBrokenBy(...handed, refused(['a:next of 1'], at(4, 5, 'b')))).toEqual([]);
    expect(rulesBrokenBy(...handed, refused(['a:1'], at(4, 5, 'b')))).toEqual(['refusals']);
  });
});

describe('updates', () => {
  it('are kept where each has read what the one before has written', () => {
    expect(rulesBrokenBy(written(0, '1', at(0, 1)), written(1, '2', at(2, 3, 'b')))).toEqual([]);
  });

  it('are lost where two have read the same', () => {
    expect(rulesBrokenBy(written(0, '1', at(0, 1)), written(0, '2', at(2, 3, 'b')))).toEqual([
      'lost updates',
    ]);
  });

  it('are not lost where the fence has kept one of the two out', () => {
    const late: Operation = { ...written(0, '1', at(4, 5)), answer: { kind: 'fenced' } };
    expect(rulesBrokenBy(written(0, '2', at(2, 3, 'b')), late)).toEqual([]);
  });
});
