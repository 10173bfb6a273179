/** Decisions on one task and its lease. */
import { describe, expect, it } from 'vitest';
import {
  after,
  child,
  ends,
  OPEN,
  parent,
  renewedLease,
  type Seen,
  sight,
  still,
  task,
  twice,
  VANISHED,
} from '../../../../test/fixtures/sights.ts';
import { CONFIRM_MS, decide, listSuspects, NO_SUSPICIONS, SHARED_CONFIRM_MS } from './decide.ts';

describe('a task whose job is gone', () => {
  const seen = { tasks: [task()], leases: [still()], fates: { a: VANISHED } };

  it('a task without a job is settled at the second look, under the state that was seen', () => {
    expect(twice(seen).verdicts).toMatchObject([
      { kind: 'note-worker', seen: { hasWorker: false } },
      {
        kind: 'settle',
        expected: { state: 'running', attempt: 1, heartbeat: '5' },
        end: { state: 'failed', error: expect.stringContaining('vanished') },
        lease: { lease: { id: '1' } },
        reason: 'its job has vanished from the queue',
      },
    ]);
  });

  it('a task without a job is not settled at first sight, or by an immediate second look', () => {
    expect(ends(after(0, seen))).toEqual([]);
    expect(ends(twice(seen, CONFIRM_MS - 1))).toEqual([]);
    expect(twice(seen, CONFIRM_MS - 1).pending).toMatchObject([{ waitsFor: 'second look' }]);
  });

  it.each([
    ['its heartbeat was renewed in between', { ...seen, leases: [still('1', 'a', '6')] }],
    ['a new attempt has begun', { ...seen, tasks: [task({ attempt: 2 })] }],
    ['its job is there again', { ...seen, fates: { a: OPEN } }],
    ['its job was not asked about', { ...seen, fates: {} }],
  ])('a task without a job is not settled if %s', (_what, second) => {
    expect(ends(after(CONFIRM_MS, seen, second))).toEqual([]);
  });

  it('a task without a job is left alone while it sends heartbeats, since its worker ends it', () => {
    const alive = { ...seen, leases: [renewedLease()] };
    expect(twice(alive, SHARED_CONFIRM_MS).verdicts).toEqual([]);
    expect(twice(alive).pending).toMatchObject([{ id: 'a', waitsFor: 'heartbeat' }]);
  });

  it('a task without a job is cancelled if its cancel was requested before the removal', () => {
    expect(ends(twice({ ...seen, tasks: [task({ state: 'queued', cancelRequested: true })] }))).toEqual([
      'a cancelled',
    ]);
  });

  it('a task ends as its job did, if that has ended', () => {
    expect(ends(twice({ ...seen, fates: { a: { kind: 'completed' } } }))).toEqual(['a completed']);
    const failed = twice({ ...seen, fates: { a: { kind: 'failed', reason: 'job stalled' } } });
    expect(failed.verdicts.at(-1)).toMatchObject({ end: { state: 'failed', error: 'job stalled' } });
  });
});

describe('a task whose job is unfinished', () => {
  it('a task with an unfinished job keeps its locks, however long it waits', () => {
    const seen = { tasks: [task({ state: 'queued' })], leases: [still()], fates: { a: OPEN } };
    expect(twice(seen, 1e9)).toMatchObject({ verdicts: [], pending: [] });
  });
});

describe('a task that somebody has cancelled', () => {
  const cancelled = task({ cancelRequested: true });
  const seen = { tasks: [cancelled], leases: [still()], fates: { a: OPEN } };
  const look = (one: Seen) => decide(sight(one, 0), NO_SUSPICIONS);

  it.each(['running', 'retrying', 'queued'] as const)(
    'a cancelled task that is %s ends at the first look if it sends no heartbeat, wherever its job is',
    (state) => {
      expect(look({ ...seen, tasks: [{ ...cancelled, state }] }).verdicts).toMatchObject([
        {
          kind: 'settle',
          expected: { state, attempt: 1, heartbeat: '5' },
          end: { state: 'cancelled' },
          lease: { lease: { id: '1' } },
        },
      ]);
      expect(ends(look({ ...seen, fates: {} }))).toEqual(['a cancelled']);
    },
  );

  it('a cancelled task is left to its run while it sends heartbeats', () => {
    expect(ends(twice({ ...seen, leases: [renewedLease()] }, 1e9))).toEqual([]);
  });

  it('a cancelled task ends with its children if nobody renews their lease, which ends with the parent alone', () => {
    const family = [parent({ cancelRequested: true }), child({ cancelRequested: true })];
    const decision = look({ tasks: family, leases: [still()], fates: { parent: OPEN, child: OPEN } });
    expect(ends(decision)).toEqual(['parent cancelled', 'child cancelled']);
    expect(decision.verdicts.map((verdict) => verdict.kind === 'settle' && verdict.lease?.lease.id)).toEqual([
      '1',
      undefined,
    ]);
  });
});

describe('a task without a lease', () => {
  it('a task without a lease is settled at the second look', () => {
    expect(twice({ tasks: [task()] }).verdicts).toMatchObject([
      { kind: 'settle', expected: { heartbeat: 'gone' }, lease: undefined, reason: 'its lease is gone' },
    ]);
  });
  it("a child without a lease is cancelled, since the lease was its parent's", () => {
    expect(twice({ tasks: [task({ parentId: 'p' })] }).verdicts).toMatchObject([
      { kind: 'settle', end: { state: 'cancelled', error: 'Its parent task has ended.' } },
    ]);
  });
  it('a task is not settled if its lease was only not seen yet', () => {
    expect(ends(after(CONFIRM_MS, { tasks: [task()] }, { tasks: [task()], leases: [still()] }))).toEqual([]);
  });
});

describe('a lease without a task', () => {
  it('a lease without a task ends at the second look without a heartbeat', () => {
    expect(twice({ leases: [still()] }).verdicts).toMatchObject([
      { kind: 'expire', lease: { heartbeat: '5' }, reason: 'its task a was never stored, or is gone' },
    ]);
  });
  it('a lease without a task is kept while its heartbeat is recent', () => {
    expect(twice({ leases: [renewedLease()] })).toMatchObject({
      verdicts: [],
      pending: [{ subject: 'lease', id: '1', waitsFor: 'heartbeat' }],
    });
  });
});

describe('a task that waits for its records', () => {
  const waiting = task({ state: 'waiting' });
  it('a waiting task is not judged, with and without a lease in force', () => {
    expect(twice({ tasks: [waiting] }, 1e9).verdicts).toEqual([]);
    expect(twice({ tasks: [waiting], leases: [still()] }, 1e9).verdicts).toEqual([]);
  });
  it('the job of a waiting task is not read', () => {
    expect(listSuspects(sight({ tasks: [waiting], leases: [still()] }, 0), true)).toEqual([]);
  });
});

describe('a task that runs in its launching process', () => {
  const inline = task({ isInline: true });
  it('a task in its launching process needs no job and no worker while it sends heartbeats', () => {
    const seen = { tasks: [inline], leases: [renewedLease()], fates: { a: VANISHED }, workerCount: 0 };
    expect(twice(seen, SHARED_CONFIRM_MS).verdicts).toEqual([]);
  });
  it('a parent in its launching process needs no job while a child sends heartbeats', () => {
    const seen = {
      tasks: [parent({ isInline: true }), child()],
      leases: [renewedLease()],
      fates: { parent: VANISHED, child: OPEN },
    };
    expect(twice(seen, SHARED_CONFIRM_MS).verdicts).toEqual([]);
    expect(ends(twice({ ...seen, leases: [still()] }))).toEqual(['parent failed']);
  });
  it('a task in its launching process fails when it sends no heartbeats', () => {
    const seen = { tasks: [inline], leases: [still()], fates: { a: VANISHED } };
    expect(twice(seen).verdicts.at(-1)).toMatchObject({
      end: { state: 'failed', error: 'The process that ran it has crashed.' },
    });
  });
});
