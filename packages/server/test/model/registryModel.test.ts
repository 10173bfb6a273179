import type { LockScope, RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import type { Answer, Call } from './calls.ts';
import { emptyRegistry } from './modelLeases.ts';
import { doOverlap, type Lock, locksOf } from './modelLocks.ts';
import { getHeartbeat, viewOf } from './modelView.ts';
import { applyTo } from './registryModel.ts';
import { LOCKABLE, rowsUnder } from './universe.ts';

const every: Lock[] = LOCKABLE.flatMap((key) =>
  (['record', 'subtree'] as const).flatMap((scope) =>
    locksOf([key], scope).filter((lock) => lock.key === key),
  ),
);

const open = () => {
  const model = emptyRegistry();
  const acquire = (
    as: string,
    records: RecordKey[],
    { holder = 0, scope = 'record' as LockScope, onConflict = 'wait' as 'refuse' | 'skip' | 'wait' } = {},
  ): Answer => applyTo(model, { verb: 'acquire', as, holder, records, mode: 'exclusive', scope, onConflict });
  const own = (verb: 'release' | 'renew' | 'renewWaiting', lease: string) =>
    applyTo(model, { verb, lease, secret: lease });
  return { model, acquire, own, do: (call: Call) => applyTo(model, call) };
};

describe('two locks', () => {
  it('two locks overlap if and only if they cover a common row', () => {
    for (const one of every) {
      for (const other of every) {
        const rows = new Set(rowsUnder(one.key, one.isSubtree));
        const isCommon = rowsUnder(other.key, other.isSubtree).some((row) => rows.has(row));
        expect({ one, other, doOverlap: doOverlap(one, other) }).toEqual({ one, other, doOverlap: isCommon });
      }
    }
  });
});

describe('a waiting lease', () => {
  it('a waiting lease comes into force when the last lease that blocks it ends, in the order of requests', () => {
    const { model, acquire, own } = open();
    acquire('L1', ['cities/1']);
    acquire('L2', ['cities/2']);
    expect(acquire('L3', ['cities/1', 'cities/2'])).toMatchObject({ kind: 'waiting', position: 1 });
    expect(acquire('L4', ['cities/2'])).toMatchObject({ kind: 'waiting', position: 2 });
    own('release', 'L1');
    expect(getHeartbeat(model, 'L3')).toBe('waiting 0');
    own('release', 'L2');
    expect([getHeartbeat(model, 'L3'), getHeartbeat(model, 'L4')]).toEqual(['held 0', 'waiting 0']);
    own('release', 'L3');
    expect(getHeartbeat(model, 'L4')).toBe('held 0');
  });

  it('a waiting lease is not overtaken by a later request for free records', () => {
    const { acquire } = open();
    acquire('L1', ['cities/1']);
    acquire('L2', ['regions/a1'], { scope: 'subtree' });
    expect(acquire('L3', ['cities/2'], { onConflict: 'refuse' })).toEqual({
      kind: 'refused',
      conflicts: [{ lease: 'L2', records: ['cities/2'], isWaiting: true }],
    });
  });

  it('a request is refused if its waiting would be a deadlock', () => {
    const { acquire } = open();
    acquire('L1', ['cities/1'], { holder: 1 });
    acquire('L2', ['cities/2'], { holder: 2 });
    expect(acquire('L3', ['cities/2'], { holder: 1 }).kind).toBe('waiting');
    expect(acquire('L4', ['cities/1'], { holder: 2 }).kind).toBe('deadlock');
    expect(acquire('L5', ['cities/1'], { holder: 3 }).kind).toBe('waiting');
  });
});

describe('a takeover', () => {
  it('a takeover overtakes waiting leases, which then wait for its lease', () => {
    const { model, acquire, own, do: call } = open();
    acquire('L1', ['cities/1']);
    acquire('L2', ['cities/1']);
    const takeOver = { verb: 'takeOver', as: 'L3', holder: 3, records: ['cities/1'] } as const;
    call({ ...takeOver, mode: 'exclusive', scope: 'record', leaseIds: ['L1'] });
    expect(viewOf(model).holders['cities/1']).toEqual(['L2?', 'L3']);
    own('release', 'L3');
    expect(viewOf(model).holders['cities/1']).toEqual(['L2']);
  });
});
