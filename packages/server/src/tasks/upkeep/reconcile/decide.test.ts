import type { LeaseView } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import type { JobFate } from '../../store/queue.ts';
import {
  CONFIRM_MS,
  type Decision,
  decide,
  listSuspects,
  NO_SUSPICIONS,
  SHARED_CONFIRM_MS,
  STILL_AFTER_MS,
} from './decide.ts';
import type { OpenTask, Sight, SupervisedLease } from './sight.ts';

const leaseOf = (id: string, taskId: string): LeaseView => ({
  id,
  holder: { type: 'task', id: taskId, label: taskId, actor: { id: 'ann', name: 'Ann' } },
  mode: 'exclusive',
  since: 0,
  recordCount: 1,
});
const still = (leaseId = '1', taskId = 'a', heartbeat = '5'): SupervisedLease => ({
  lease: leaseOf(leaseId, taskId),
  heartbeat,
  silentMs: STILL_AFTER_MS,
});
const beating = (leaseId = '1', taskId = 'a'): SupervisedLease => ({
  ...still(leaseId, taskId),
  silentMs: 0,
});

const task = (given: Partial<OpenTask> = {}): OpenTask => ({
  id: 'a',
  state: 'running',
  attempt: 1,
  leaseId: '1',
  hasWorker: true,
  isPaused: false,
  createdAt: 0,
  cancelRequested: false,
  isRunDone: false,
  isInline: false,
  ...given,
});
const parent = (given: Partial<OpenTask> = {}) => task({ id: 'parent', ...given });
const child = (given: Partial<OpenTask> = {}) => task({ id: 'child', parentId: 'parent', ...given });

const VANISHED: JobFate = { kind: 'vanished' };
const OPEN: JobFate = { kind: 'open' };

interface Seen {
  tasks?: OpenTask[];
  leases?: SupervisedLease[];
  fates?: Record<string, JobFate>;
  workerCount?: number;
  isQueuePaused?: boolean;
}
const sight = (
  { tasks = [], leases = [], fates = {}, workerCount = 1, isQueuePaused = false }: Seen,
  nowMs: number,
): Sight => ({
  nowMs,
  workerCount,
  isQueuePaused,
  tasks,
  leases: new Map(leases.map((lease) => [lease.lease.id, lease])),
  fates: new Map(Object.entries(fates)),
});

/** Looks at each sight in turn, and says what is decided at the last. */
function after(pauseMs: number, ...seen: Seen[]): Decision {
  let decision: Decision = { verdicts: [], pending: [], suspicions: NO_SUSPICIONS };
  seen.forEach((each, i) => {
    decision = decide(sight(each, i * pauseMs), decision.suspicions);
  });
  return decision;
}
const twice = (seen: Seen, pauseMs = CONFIRM_MS) => after(pauseMs, seen, seen);
const ends = ({ verdicts }: Decision) =>
  verdicts.flatMap((verdict) => (verdict.kind === 'settle' ? `${verdict.task.id} ${verdict.end.state}` : []));

describe('a task whose job is gone', () => {
  const seen = { tasks: [task()], leases: [still()], fates: { a: VANISHED } };

  it('a task without a job a task without a lease is settled at the second look, under the state that was seen', () => {
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
    ['its heart has beaten in between', { ...seen, leases: [still('1', 'a', '6')] }],
    ['a new attempt has begun', { ...seen, tasks: [task({ attempt: 2 })] }],
    ['its job is there again', { ...seen, fates: { a: OPEN } }],
    ['its job was not asked about', { ...seen, fates: {} }],
  ])('a task without a job is not settled if %s', (_what, second) => {
    expect(ends(after(CONFIRM_MS, seen, second))).toEqual([]);
  });

  it('a task without a job is left alone while it sends heartbeats, since its worker ends it', () => {
    const alive = { ...seen, leases: [beating()] };
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
    expect(ends(twice({ ...seen, leases: [beating()] }, 1e9))).toEqual([]);
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
    expect(twice({ leases: [beating()] })).toMatchObject({
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
    const seen = { tasks: [inline], leases: [beating()], fates: { a: VANISHED }, workerCount: 0 };
    expect(twice(seen, SHARED_CONFIRM_MS).verdicts).toEqual([]);
  });
  it('a parent in its launching process needs no job while a child sends heartbeats', () => {
    const seen = {
      tasks: [parent({ isInline: true }), child()],
      leases: [beating()],
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

describe('a parent and its children', () => {
  it('a parent is not settled while it waits for its children, even if its job has ended', () => {
    const tasks = [parent({ isRunDone: true }), child({ state: 'queued' })];
    const fates: Record<string, JobFate> = { parent: { kind: 'completed' }, child: OPEN };
    expect(twice({ tasks, leases: [still()], fates }, 1e9).verdicts).toEqual([]);
    expect(listSuspects(sight({ tasks, leases: [still()] }, 0), true)).toEqual([tasks[1]]);
  });

  it('each child is judged by itself, and its end leaves the lease to the parent', () => {
    const tasks = [parent(), child()];
    const seen = { tasks, leases: [beating()], fates: { parent: OPEN, child: VANISHED } };
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
      leases: [beating()],
      fates: { parent: VANISHED, child: OPEN },
    };
    expect(ends(twice(seen, SHARED_CONFIRM_MS))).toEqual(['parent failed']);
  });

  it('the children of an ended parent end at the second look, even if their lease continues', () => {
    const orphan = { tasks: [child()], leases: [beating()], fates: { child: OPEN } };
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

describe('whether a task has a worker', () => {
  it('a missing worker is noted if there is no worker, or if it sends no heartbeats', () => {
    const queued = { tasks: [task({ state: 'queued' })], leases: [beating()] };
    expect(decide(sight({ ...queued, workerCount: 0 }, 0), NO_SUSPICIONS).verdicts).toMatchObject([
      { kind: 'note-worker', seen: { hasWorker: false }, heartbeat: undefined, reason: 'there is no worker' },
    ]);
    const silent = { tasks: [task()], leases: [still()] };
    expect(decide(sight(silent, 0), NO_SUSPICIONS).verdicts).toMatchObject([
      { kind: 'note-worker', seen: { hasWorker: false }, heartbeat: '5' },
    ]);
  });
  it('a queued task has a worker again with the first worker, and a running task with its own heartbeat', () => {
    const queued = { tasks: [task({ state: 'queued', hasWorker: false })], leases: [still()] };
    expect(decide(sight(queued, 0), NO_SUSPICIONS).verdicts).toMatchObject([{ seen: { hasWorker: true } }]);
    const running = { tasks: [task({ hasWorker: false })], leases: [beating()] };
    expect(decide(sight(running, 0), NO_SUSPICIONS).verdicts).toEqual([]);
  });
});

describe('a pause of the queue', () => {
  const paused = (...tasks: OpenTask[]) => {
    const seen = { tasks, leases: [still()], isQueuePaused: true, fates: { a: OPEN } };
    return decide(sight(seen, 0), NO_SUSPICIONS).verdicts;
  };

  it.each(['queued', 'retrying'] as const)('a pause is noted once for a task that is %s', (state) => {
    expect(paused(task({ state }))).toMatchObject([
      { kind: 'note-worker', seen: { hasWorker: true, isPaused: true }, action: 'paused' },
    ]);
    expect(paused(task({ state, isPaused: true }))).toEqual([]);
  });

  it('a pause does not affect tasks that run, wait for records or have no job', () => {
    const lease = { leases: [beating()], isQueuePaused: true };
    for (const each of [task(), task({ state: 'waiting' }), task({ state: 'queued', isInline: true })]) {
      expect(decide(sight({ ...lease, tasks: [each] }, 0), NO_SUSPICIONS).verdicts).toEqual([]);
    }
  });

  it('a pause ends for each task when the queue is resumed', () => {
    const seen = { tasks: [task({ state: 'queued', isPaused: true })], leases: [still()] };
    expect(decide(sight(seen, 0), NO_SUSPICIONS).verdicts).toMatchObject([
      { seen: { hasWorker: true, isPaused: false }, action: 'resumed' },
    ]);
  });

  it('a pause is noted together with a missing worker', () => {
    const seen = {
      tasks: [task({ state: 'queued' })],
      leases: [still()],
      isQueuePaused: true,
      workerCount: 0,
    };
    expect(decide(sight(seen, 0), NO_SUSPICIONS).verdicts).toMatchObject([
      { seen: { hasWorker: false, isPaused: true }, action: 'paused' },
    ]);
  });
});
