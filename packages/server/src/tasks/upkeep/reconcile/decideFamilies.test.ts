/** Decisions on parents and children, which share a lease. */
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
  twice,
  VANISHED,
} from '../../../../test/fixtures/sights.ts';
import type { JobFate } from '../../store/queue.ts';
import { CONFIRM_MS, listSuspects, SHARED_CONFIRM_MS } from './decide.ts';

describe('a parent and its children', () => {
  it('a parent is not settled while it waits for its children, even if its job has ended', () => {
    const tasks = [parent({ isRunDone: true }), child({ state: 'queued' })];
    const fates: Record<string, JobFate> = { parent: { kind: 'completed' }, child: OPEN };
    expect(twice({ tasks, leases: [still()], fates }, 1e9).verdicts).toEqual([]);
    expect(listSuspects(sight({ tasks, leases: [still()] }, 0), true)).toEqual([tasks[1]]);
  });

  it('each child is judged by itself, and its end leaves the lease to the parent', () => {
    const tasks = [parent(), child()];
    const seen = { tasks, leases: [renewedLease()], fates: { parent: OPEN, child: VANISHED } };
    expect(ends(twice(seen, SHARED_CONFIRM_MS - 1))).toEqual([]);
    expect(twice(seen, SHARED_CONFIRM_MS - 1).pending).toMatchObject([{ id: 'child', waitsFor: 'job' }]);
    expect(twice(seen, SHARED_CONFIRM_MS).verdicts).toMatchObject([
      {
        kind: 'settle',
        task: { id: 'child' },
        expected: { state: 'running', attempt: 1, heartbeat: undefined },
        lease: undefined,
      },
    ]);
  });

  it('a parent and its lease end with the last child, after beforeRevoke', () => {
    const fates: Record<string, JobFate> = {
      parent: { kind: 'completed' },
      child: VANISHED,
      other: VANISHED,
    };
    const both = [parent({ isRunDone: true }), child(), child({ id: 'other' })];
    const leasesOf = (seen: Seen) =>
      twice(seen).verdicts.flatMap((verdict) => (verdict.kind === 'settle' ? [verdict.lease?.lease.id] : []));
    expect(leasesOf({ tasks: both, leases: [still()], fates })).toEqual(['1', '1']);
    expect(leasesOf({ tasks: both, leases: [still()], fates: { ...fates, other: OPEN } })).toEqual([
      undefined,
    ]);
    const running = [parent(), child()];
    expect(leasesOf({ tasks: running, leases: [still()], fates: { ...fates, parent: OPEN } })).toEqual([
      undefined,
    ]);
  });

  it('a parent whose job is missing for long is settled, even if a child renews the lease', () => {
    const seen = {
      tasks: [parent(), child()],
      leases: [renewedLease()],
      fates: { parent: VANISHED, child: OPEN },
    };
    expect(ends(twice(seen, SHARED_CONFIRM_MS))).toEqual(['parent failed']);
  });

  it('the children of an ended parent end at the second look, even if their lease continues', () => {
    const orphan = { tasks: [child()], leases: [renewedLease()], fates: { child: OPEN } };
    expect(twice(orphan).verdicts).toMatchObject([
      {
        kind: 'settle',
        end: { state: 'cancelled', error: 'Its parent task has ended.' },
        expected: { state: 'running', attempt: 1, heartbeat: undefined },
        lease: undefined,
        reason: 'its parent has ended',
      },
    ]);
    expect(twice(orphan, CONFIRM_MS - 1).verdicts).toEqual([]);
    expect(ends(after(CONFIRM_MS, orphan, { ...orphan, tasks: [parent(), child()] }))).toEqual([]);
  });

  it('P10: a parent is never completed if its children are lost', () => {
    const fates: Record<string, JobFate> = { parent: { kind: 'completed' } };
    const seen = { tasks: [parent({ isRunDone: true })], leases: [still()], fates };
    expect(twice(seen).verdicts.at(-1)).toMatchObject({
      end: { state: 'failed', error: expect.stringContaining('child tasks are gone') },
    });
  });
});
