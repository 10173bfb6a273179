/**
 * Decides what a reconciler does about what it sees. Pure, so that each case can be read and tested by itself.
 *
 * Nothing is done at first sight. A state that looks wrong becomes a suspicion, and a later look that sees the same confirms
 * it. The action then names the state that was seen, so that it does nothing if that has changed since.
 */
import { DEFAULT_TTL_MS } from '../../../locks/registry/requests.ts';
import type { JobFate } from '../../store/queue.ts';
import { isPausable } from '../../store/taskHash.ts';
import type { TaskEnd } from '../../store/taskStore.ts';
import type { OpenTask, Sight, SupervisedLease } from './sight.ts';

/** A heartbeat that has not changed for this time counts as missing. */
export const STILL_AFTER_MS = DEFAULT_TTL_MS;

/** The shortest time between two looks that see the same. A job that moves from one list to another has arrived by then. */
export const CONFIRM_MS = 1_500;

/**
 * Parents and children share a lease, so another task may renew it. Then a job must be missing for this time: a worker that
 * has lost its job learns so from its queue within 10 s, and stops.
 */
export const SHARED_CONFIRM_MS = 15_000;

const NOBODY_STOPS_IT = 'a cancel was requested, and no worker runs it';

/** The state that was seen and when, by subject (`task:…`, `lease:…`). */
interface Suspicion {
  seen: string;
  sinceMs: number;
}
export type Suspicions = ReadonlyMap<string, Suspicion>;
export const NO_SUSPICIONS: Suspicions = new Map();

/** The state that a task must still have to be settled. */
export interface ExpectedTask {
  state: OpenTask['state'];
  attempt: number;
  /** The heartbeat that the lease must still have. `gone` if there must be no lease. Undefined if others may renew it */
  heartbeat: string | 'gone' | undefined;
}

/** Whether a task has a worker, and whether its queue is paused. */
export type WorkerState = Pick<OpenTask, 'hasWorker' | 'isPaused'>;

export type Verdict =
  | {
      kind: 'settle';
      task: OpenTask;
      expected: ExpectedTask;
      end: TaskEnd;
      /** The lease that ends with the task */
      lease: SupervisedLease | undefined;
      reason: string;
    }
  | { kind: 'expire'; lease: SupervisedLease; reason: string }
  | {
      kind: 'note-worker';
      task: OpenTask;
      seen: WorkerState;
      action: 'worker-back' | 'worker-missing' | 'paused' | 'resumed';
      /** The heartbeat that the lease must still have. Undefined if it is irrelevant */
      heartbeat: string | undefined;
      reason: string;
    };

/** A suspicion that waits for a later look. */
export interface Pending {
  subject: 'task' | 'lease';
  id: string;
  leaseId: string;
  waitsFor: 'heartbeat' | 'second look' | 'job';
}

export interface Decision {
  verdicts: Verdict[];
  pending: Pending[];
  suspicions: Suspicions;
}

export function decide(sight: Sight, before: Suspicions): Decision {
  const { tasks, leases } = sight;
  const round: Round = {
    ...{ sight, before, verdicts: [], pending: [], suspicions: new Map() },
    parents: new Set(tasks.flatMap(({ parentId }) => parentId ?? [])),
    open: new Set(tasks.map(({ id }) => id)),
  };
  // Waiting tasks are the business of waitingTasks.ts.
  for (const task of tasks) if (task.state !== 'waiting') judgeTask(round, task);
  endLeasesWithParents(round);
  const held = new Set(tasks.flatMap(({ id, leaseId }) => [`holder ${id}`, `lease ${leaseId}`]));
  for (const [leaseId, lease] of leases) {
    if (!held.has(`lease ${leaseId}`) && !held.has(`holder ${lease.lease.holder.id}`))
      judgeLease(round, leaseId, lease);
  }
  const { verdicts, pending, suspicions } = round;
  return { verdicts, pending, suspicions };
}

/** A decision in progress. */
interface Round {
  sight: Sight;
  before: Suspicions;
  verdicts: Verdict[];
  pending: Pending[];
  suspicions: Map<string, Suspicion>;
  /** Tasks that have open children */
  parents: ReadonlySet<string>;
  open: ReadonlySet<string>;
}

/** Whether a look at least `afterMs` ago saw the same. */
function isConfirmed(
  { sight: { nowMs }, before, suspicions }: Round,
  subject: string,
  seen: string,
  afterMs = CONFIRM_MS,
): boolean {
  const known = before.get(subject);
  const sinceMs = known?.seen === seen ? known.sinceMs : nowMs;
  suspicions.set(subject, { seen, sinceMs });
  return nowMs - sinceMs >= afterMs;
}

function suspect({ pending }: Round, { id, leaseId }: OpenTask, waitsFor: Pending['waitsFor']): void {
  pending.push({ subject: 'task', id, leaseId, waitsFor });
}

function judgeTask(round: Round, task: OpenTask): void {
  const { sight, parents, open } = round;
  const lease = sight.leases.get(task.leaseId);
  const isOrphan = task.parentId !== undefined && !open.has(task.parentId);
  if (isOrphan || !lease) {
    judgeUnsupported(round, task, isOrphan);
    return;
  }
  const isSilent = lease.silentMs >= STILL_AFTER_MS;
  if (isSilent && task.cancelRequested) {
    // No second look: wherever the job is, the end invalidates its running and later attempts.
    const expected = { state: task.state, attempt: task.attempt, heartbeat: lease.heartbeat };
    settle(round, task, expected, { state: 'cancelled' }, NOBODY_STOPS_IT);
    return;
  }
  const verdict = judgeWorker(task, lease, parents.has(task.id), sight);
  if (verdict) round.verdicts.push(verdict);
  judgeJob(round, task, lease, isSilent);
}

/** A task without a lease, or whose parent has ended. */
function judgeUnsupported(round: Round, task: OpenTask, isOrphan: boolean): void {
  const { id, state, attempt } = task;
  const what = isOrphan ? 'its parent has ended' : 'its lease is gone';
  if (!isConfirmed(round, `task:${id}`, what)) {
    suspect(round, task, 'second look');
    return;
  }
  // A child's lease is its parent's, and ends with it.
  const end: TaskEnd =
    task.parentId === undefined
      ? { state: 'failed', error: 'Its locks were lost, so it could not continue.' }
      : { state: 'cancelled', error: 'Its parent task has ended.' };
  const expected = { state, attempt, heartbeat: isOrphan ? undefined : 'gone' };
  round.verdicts.push({ kind: 'settle', task, expected, end, lease: undefined, reason: what });
}

function judgeJob(round: Round, task: OpenTask, lease: SupervisedLease, isSilent: boolean): void {
  const { parents, sight } = round;
  const { id, state, attempt } = task;
  const fate = sight.fates.get(id);
  if (!fate || fate.kind === 'open') return;
  // It only waits for its children, and each of them is judged by itself.
  if (task.isRunDone && parents.has(id)) return;

  // A task that runs in its launching process never has a job. Only a heartbeat shows that it runs: its own or its
  // children's.
  const isShared = !task.isInline && (task.parentId !== undefined || parents.has(id) || task.isRunDone);
  if (!isSilent && !isShared) {
    // A worker runs it, with or without a job.
    suspect(round, task, 'heartbeat');
    return;
  }
  const heartbeat = isSilent ? lease.heartbeat : undefined;
  const seen = [fate.kind, state, attempt, heartbeat ?? 'alive'].join(' ');
  const confirmMs = isSilent ? CONFIRM_MS : SHARED_CONFIRM_MS;
  if (!isConfirmed(round, `task:${id}`, seen, confirmMs)) {
    suspect(round, task, isSilent ? 'second look' : 'job');
    return;
  }
  settle(round, task, { state, attempt, heartbeat }, getEnd(task, fate), getReason(task, fate));
}

function settle(
  { verdicts, sight }: Round,
  task: OpenTask,
  expected: ExpectedTask,
  end: TaskEnd,
  reason: string,
): void {
  // A child's lease is its parent's, and continues, unless the last child ends the parent (endLeasesWithParents).
  const lease = task.parentId === undefined ? sight.leases.get(task.leaseId) : undefined;
  verdicts.push({ kind: 'settle', task, expected, end, lease, reason });
}

function judgeLease(round: Round, leaseId: string, lease: SupervisedLease): void {
  const waits = { subject: 'lease', id: leaseId, leaseId } as const;
  if (lease.silentMs < STILL_AFTER_MS) {
    round.pending.push({ ...waits, waitsFor: 'heartbeat' });
  } else if (!isConfirmed(round, `lease:${leaseId}`, lease.heartbeat)) {
    round.pending.push({ ...waits, waitsFor: 'second look' });
  } else {
    const reason = `its task ${lease.lease.holder.id} was never stored, or is gone`;
    round.verdicts.push({ kind: 'expire', lease, reason });
  }
}

/** A parent whose run is over ends with its last child, and its lease with it. */
function endLeasesWithParents({ sight: { tasks, leases }, verdicts }: Round): void {
  const settled = new Set(verdicts.flatMap((verdict) => (verdict.kind === 'settle' ? verdict.task.id : [])));
  const ending = new Set(tasks.flatMap(({ id, isRunDone }) => (isRunDone ? id : [])));
  for (const { id, parentId } of tasks) {
    if (parentId !== undefined && !settled.has(id)) ending.delete(parentId);
  }
  for (const verdict of verdicts) {
    if (verdict.kind !== 'settle') continue;
    const { parentId, leaseId } = verdict.task;
    if (parentId !== undefined && ending.has(parentId)) verdict.lease = leases.get(leaseId);
  }
}

/** The tasks whose jobs must be read for a decision. `all`: includes tasks whose leases are renewed. */
export function listSuspects({ tasks, leases }: Pick<Sight, 'tasks' | 'leases'>, all: boolean): OpenTask[] {
  const parents = new Set(tasks.flatMap(({ parentId }) => parentId ?? []));
  return tasks.filter((task) => {
    const lease = leases.get(task.leaseId);
    if (task.state === 'waiting' || !lease || (task.isRunDone && parents.has(task.id))) return false;
    return all || lease.silentMs >= STILL_AFTER_MS || task.parentId !== undefined || parents.has(task.id);
  });
}

function judgeWorker(
  task: OpenTask,
  lease: SupervisedLease,
  isParent: boolean,
  { workerCount, isQueuePaused }: Pick<Sight, 'workerCount' | 'isQueuePaused'>,
): Verdict | undefined {
  const isAtWork = task.state === 'running' && !(task.isRunDone && isParent);
  const isSilent = isAtWork && lease.silentMs >= STILL_AFTER_MS;
  const isWithoutWorkers = workerCount === 0 && !task.isInline;
  // A running task whose worker is back says so with its next heartbeat.
  const hasWorker = isSilent || isWithoutWorkers ? false : isAtWork ? task.hasWorker : true;
  // For a running task the note is from before its start, and means nothing.
  const isPaused = isPausable(task.state) && !task.isInline ? isQueuePaused : task.isPaused;
  if (hasWorker === task.hasWorker && isPaused === task.isPaused) return undefined;
  const verdict = {
    kind: 'note-worker',
    task,
    seen: { hasWorker, isPaused },
    heartbeat: isSilent ? lease.heartbeat : undefined,
  } as const;
  if (isPaused !== task.isPaused) {
    return isPaused
      ? { ...verdict, action: 'paused', reason: 'its queue is paused' }
      : { ...verdict, action: 'resumed', reason: 'its queue is no longer paused' };
  }
  if (hasWorker) return { ...verdict, action: 'worker-back', reason: 'it has a worker again' };
  const reason = isWithoutWorkers
    ? 'there is no worker'
    : `it has sent no heartbeat for ${Math.round(lease.silentMs / 1_000)} s`;
  return { ...verdict, action: 'worker-missing', reason };
}

type Gone = Exclude<JobFate, { kind: 'open' }>;

function getEnd(task: OpenTask, fate: Gone): TaskEnd {
  // The canceller crashed after it had removed the job from the queue.
  if (task.cancelRequested && fate.kind === 'vanished') return { state: 'cancelled' };
  // It would have ended with its last child.
  if (task.isRunDone)
    return { state: 'failed', error: 'Its child tasks are gone: they were removed, or lost.' };
  switch (fate.kind) {
    case 'completed':
      return { state: 'completed' };
    case 'failed':
      return { state: 'failed', error: fate.reason.slice(0, 500) };
    case 'vanished':
      return {
        state: 'failed',
        error: task.isInline
          ? 'The process that ran it has crashed.'
          : 'Its job has vanished from the queue: it was removed by hand, or lost.',
      };
  }
}

function getReason(task: OpenTask, fate: Gone): string {
  if (task.isInline) return 'the process that ran it has stopped responding';
  if (task.isRunDone) return 'its children are gone';
  return fate.kind === 'vanished' ? 'its job has vanished from the queue' : `its job has ${fate.kind}`;
}
