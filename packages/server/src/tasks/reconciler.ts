/**
 * Settles tasks whose holder is gone, and notes where nobody works on one. Every process runs one, at once with the
 * others: each of its writes is a compare-and-set, so that two of them do no harm.
 *
 * It asks the queue what became of each task whose heartbeat stands still. Unfinished ones keep their locks, however
 * long they wait; ended and vanished ones are settled after a second look that sees the same.
 */
import { isFinal } from '@rowlock/protocol';
import type { Clock } from '../clock.ts';
import type { StillLease } from '../locks/expiryObserver.ts';
import type { LockRegistry } from '../locks/lockRegistry.ts';
import { DEFAULT_TTL_MS } from '../locks/requests.ts';
import type { Logger } from '../logger.ts';
import type { JobFate, TaskQueue } from './queue.ts';
import type { OpenTask, TaskEnd, TaskStore } from './taskStore.ts';

const ROUND_INTERVAL_MS = 2_000;
/** Between two looks at the same job, while its heartbeat stands still. */
const RECHECK_MS = 4_000;
/** A heartbeat younger than this has just been seen: nothing is asked about its job. */
const STILL_AFTER_MS = DEFAULT_TTL_MS;

export interface Reconciler {
  /** One round now, apart from the automatic ones; says what it did and why. */
  run(): Promise<string[]>;
  close(): Promise<void>;
}

interface Suspicion {
  heartbeat: number | undefined;
  fate: JobFate['kind'];
}

export function startReconciler(deps: {
  store: TaskStore;
  queue: TaskQueue;
  registry: LockRegistry;
  /** Supervised leases with how long their heartbeats have stood still, as the expiry observer saw them last */
  supervised(): readonly StillLease[];
  clock: Clock;
  logger: Logger;
}): Reconciler {
  const { store, queue, registry, supervised, clock, logger } = deps;
  const suspicions = new Map<string, Suspicion>();
  const lastAsked = new Map<string, number>();

  async function round(): Promise<string[]> {
    const leases = supervised();
    const tasks = await store.listOpen();
    if (leases.length === 0 && tasks.length === 0) return [];
    const done: string[] = [];
    const leaseById = new Map(leases.map((lease) => [lease.leaseId, lease]));
    const taskById = new Map(tasks.map((task) => [task.id, task]));
    forgetOthers(leaseById, taskById);

    const workers = await queue.countWorkers();
    for (const task of tasks) {
      const lease = leaseById.get(task.leaseId);
      if (lease) await noteAttendance(task, lease, workers);
      else if (confirmed(`task ${task.id}`, { heartbeat: undefined, fate: 'vanished' })) {
        const end: TaskEnd = { state: 'failed', error: 'Its locks were lost, so it could not go on.' };
        if (await store.end(task.id, { by: 'observer', heartbeat: undefined }, end)) {
          done.push(`task ${task.id}: settled as failed, because its lease is gone`);
        }
      }
    }

    for (const lease of leases) {
      if (lease.stillMs < STILL_AFTER_MS || !isDue(lease.leaseId)) continue;
      const fate = await queue.fateOf(lease.holder.id);
      if (fate.kind === 'open') {
        suspicions.delete(lease.leaseId);
      } else if (confirmed(lease.leaseId, { heartbeat: lease.heartbeat, fate: fate.kind })) {
        done.push(...(await settle(lease, fate)));
      }
    }
    return done;
  }

  async function noteAttendance(task: OpenTask, lease: StillLease, workers: number): Promise<void> {
    const isSilent = task.state === 'running' && lease.stillMs >= STILL_AFTER_MS;
    // A running task that beats again says so itself, with its next heartbeat.
    const attended = workers === 0 || isSilent ? false : task.state === 'running' ? task.attended : true;
    if (attended !== task.attended) await store.attend(task.id, lease.heartbeat, attended);
  }

  async function settle(lease: StillLease, fate: Exclude<JobFate, { kind: 'open' }>): Promise<string[]> {
    const taskId = lease.holder.id;
    const task = await store.get(taskId);
    // A launcher that died after it had removed a cancelled job from the queue.
    const wasCancelled = fate.kind === 'vanished' && task?.cancelRequested === true;
    const end: TaskEnd = wasCancelled ? { state: 'cancelled' } : endOf(fate);
    if (await store.end(taskId, { by: 'observer', heartbeat: lease.heartbeat }, end)) {
      return [`task ${taskId}: settled as ${end.state}, because its job ${fate.kind}`];
    }
    if (task && !isFinal(task.state)) return [];
    if (await registry.expire(lease.leaseId, lease.heartbeat, 'vanished')) {
      return [`lease ${lease.leaseId}: ended, because its task ${taskId} was never enqueued or is gone`];
    }
    return [];
  }

  /** True at the second look that sees the same. */
  function confirmed(subject: string, now: Suspicion): boolean {
    const before = suspicions.get(subject);
    suspicions.set(subject, now);
    return before?.heartbeat === now.heartbeat && before?.fate === now.fate;
  }

  function isDue(leaseId: string): boolean {
    const nowMs = clock.nowMs();
    const last = lastAsked.get(leaseId);
    // A suspicion is looked at again in the next round; the rest less often.
    if (last !== undefined && nowMs - last < RECHECK_MS && !suspicions.has(leaseId)) return false;
    lastAsked.set(leaseId, nowMs);
    return true;
  }

  function forgetOthers(leases: ReadonlyMap<string, unknown>, tasks: ReadonlyMap<string, unknown>): void {
    for (const id of lastAsked.keys()) if (!leases.has(id)) lastAsked.delete(id);
    for (const subject of suspicions.keys()) {
      const isTask = subject.startsWith('task ');
      if (isTask ? !tasks.has(subject.slice('task '.length)) : !leases.has(subject))
        suspicions.delete(subject);
    }
  }

  let failing = false;
  let running: Promise<string[]> | undefined;
  async function guardedRound(): Promise<string[]> {
    try {
      const done = await round();
      for (const line of done) logger.info(`reconciler: ${line}`);
      failing = false;
      return done;
    } catch (error) {
      if (!failing) logger.warn('tasks cannot be reconciled; all keep their locks meanwhile', error);
      failing = true;
      return [];
    }
  }
  const run = () => {
    running ??= guardedRound().finally(() => {
      running = undefined;
    });
    return running;
  };
  const stop = clock.every(ROUND_INTERVAL_MS, run);

  return {
    run,
    async close() {
      stop();
      await running;
    },
  };
}

function endOf(fate: Exclude<JobFate, { kind: 'open' }>): TaskEnd {
  switch (fate.kind) {
    case 'completed':
      return { state: 'completed' };
    case 'failed':
      return { state: 'failed', error: fate.reason.slice(0, 500) };
    case 'vanished':
      return {
        state: 'failed',
        error: 'Its job has vanished from the queue: it was removed by hand, or lost.',
      };
  }
}
