/**
 * Acquires the records of a new task and stores the task: in one script if possible, otherwise in steps that can be undone.
 */
import type { Conflict, LeaseSecret, RecordKey, TaskView } from '@rowlock/protocol';
import { ConflictError, RowlockError } from '../../errors.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import { RestartGraceError } from '../../locks/registry/restartGrace.ts';
import { type KeyHolder, readKeyHolder } from '../store/idempotencyKeys.ts';
import type { Created, LaunchStore } from '../store/launchStore.ts';
import type { TaskQueue } from '../store/queue.ts';
import { createView, leaseRequest, type PlannedTask } from './newTask.ts';

/** Why a task ended without an attempt. */
export const NOT_QUEUED = 'It could not be put into the queue.';

/** The position stands for the other conflicts. A long wait list need not be read for each task that joins it. */
const MAX_NAMED_CONFLICTS = 20;

/** A task that is stored and holds its records, but has no job yet. */
export interface AcquiredTask {
  kind: 'acquired';
  task: TaskView;
  lease: LeaseSecret;
  skipped: readonly RecordKey[];
  conflicts: readonly Conflict[];
  /** Its job, if it was sent with the task */
  job?: Promise<void>;
  /** Ends the task if no job can be added. False if it has started or ended meanwhile */
  undo(error: string): Promise<boolean>;
  /** Called when the launch has succeeded and is not undone */
  onKept?(): void;
}

export type Acquired =
  | AcquiredTask
  | { kind: 'waiting'; task: TaskView; conflicts: readonly Conflict[]; conflictCount: number }
  | KeyHolder;

interface Deps {
  registry: InternalRegistry;
  launches: LaunchStore;
}

/** `queue`: sends the job with the task, in one round trip. @throws {ConflictError} */
export async function acquireNow(
  { registry, launches, queue }: Deps & { queue: TaskQueue | undefined },
  task: PlannedTask,
  onConflict: 'refuse' | 'skip',
): Promise<Acquired> {
  let job: Promise<void> | undefined;
  const sendJob = () => {
    job = queue?.add(task.job);
    job?.catch(() => {});
  };
  const request = { ...leaseRequest(task), onConflict };
  const answer = await registry
    .acquireBy(launches.launchStep(task, sendJob), request)
    .catch(async (error: unknown) => {
      const isRefused = error instanceof ConflictError || error instanceof RestartGraceError;
      // It is unknown whether the task was stored, and its job may exist.
      if (job && !isRefused) await removeJob(launches, queue!, task);
      throw error;
    });
  if (answer.kind === 'refused') return readKeyHolder(answer.why);
  const { lease: acquired, stepAnswer } = answer;
  const lease: LeaseSecret = { leaseId: acquired.id, secret: acquired.secret };
  const created =
    stepAnswer === undefined
      ? await writeDown(launches, task, lease, 'queued', () => registry.release(lease, 'vanished'))
      : ({ kind: 'created', createdAt: acquired.since, launchOrder: Number(stepAnswer) } as const);
  if (created.kind !== 'created') return created;
  const { createdAt, launchOrder } = created;
  return {
    kind: 'acquired',
    task: createView(task, {
      createdAt,
      launchOrder,
      recordCount: acquired.recordCount,
      leaseId: acquired.id,
    }),
    lease,
    skipped: acquired.skipped,
    conflicts: acquired.conflicts,
    ...(job && { job }),
    undo: (error) => launches.rollBack(task.id, error),
  };
}

async function removeJob(launches: LaunchStore, queue: TaskQueue, task: PlannedTask): Promise<void> {
  try {
    await launches.rollBack(task.id, NOT_QUEUED);
    await queue.remove(task.id);
  } catch {
    // Redis cannot be reached, so the result is unknown, and the task may have been launched.
  }
}

/** Acquires all records if they are free, otherwise a position in the wait list. */
export async function joinWaitList({ registry, launches }: Deps, task: PlannedTask): Promise<Acquired> {
  const answer = await registry.acquireOrWait({
    ...leaseRequest(task),
    isNewHolder: true,
    mostNamed: MAX_NAMED_CONFLICTS,
  });
  if (answer.kind === 'acquired') {
    const { lease: acquired } = answer;
    const lease: LeaseSecret = { leaseId: acquired.id, secret: acquired.secret };
    const created = await writeDown(launches, task, lease, 'queued', () =>
      registry.release(lease, 'vanished'),
    );
    if (created.kind !== 'created') return created;
    const { createdAt, launchOrder } = created;
    return {
      kind: 'acquired',
      task: createView(task, {
        createdAt,
        launchOrder,
        recordCount: acquired.recordCount,
        leaseId: acquired.id,
      }),
      lease,
      skipped: [],
      conflicts: [],
      undo: (error) => launches.rollBack(task.id, error),
    };
  }
  const { leaseId, secret, ttlMs, position, conflicts, conflictCount } = answer.waiting;
  const lease: LeaseSecret = { leaseId, secret };
  const created = await writeDown(launches, task, lease, 'waiting', async () => {
    const stopped = await registry.stopWaiting(lease, ttlMs, []);
    if (stopped.kind === 'acquired') await registry.release(lease, 'vanished');
  });
  if (created.kind !== 'created') return created;
  const { createdAt, launchOrder } = created;
  const recordCount = task.plan.records.length;
  return {
    kind: 'waiting',
    task: createView(task, { state: 'waiting', position, createdAt, launchOrder, recordCount, leaseId }),
    conflicts,
    conflictCount,
  };
}

/** Stores the task. If that fails, its records are released. */
async function writeDown(
  launches: LaunchStore,
  task: PlannedTask,
  lease: LeaseSecret,
  state: 'queued' | 'waiting',
  release: () => Promise<unknown>,
): Promise<Extract<Created, { kind: 'created' }> | KeyHolder> {
  try {
    const created = await launches.create(task, lease, state);
    if (created.kind === 'created') return created;
    if (created.kind === 'lost') {
      throw new RowlockError(
        'lease_lost',
        'The records were lost before the task was stored, so nothing was launched. Launch it again.',
      );
    }
    await release().catch(() => {});
    return created;
  } catch (error) {
    // The task may have been stored although the answer was lost, and nobody would add its job. If Redis cannot be reached
    // now, the reconciler settles it.
    const isUndone = await launches.rollBack(task.id, NOT_QUEUED).catch(() => true);
    if (!isUndone) await release().catch(() => {});
    throw error;
  }
}
