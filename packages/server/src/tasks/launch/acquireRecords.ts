/** Takes a new task's records and writes it down: at once where one script can, else in steps that can be undone. */
import type { Conflict, LeaseSecret, RecordKey, TaskView } from '@rowlock/protocol';
import { ConflictError, RowlockError } from '../../errors.ts';
import type { RegistryInside } from '../../locks/registry/registry.ts';
import { RestartGraceError } from '../../locks/registry/restartGrace.ts';
import { type Created, type KeyHolder, type LaunchStore, readKeyHolder } from '../store/launchStore.ts';
import type { TaskQueue } from '../store/queue.ts';
import { createView, leaseRequest, type PlannedTask } from './newTask.ts';

/** Why a task was ended that has never begun. */
export const NOT_QUEUED = 'It could not be put into the queue.';

/** Its position tells of the rest: a long line need not be read, nor its tasks found, once for each who joins it. */
const MAX_NAMED_CONFLICTS = 20;

/** A task that is written down and holds its records; its job is still to come. */
export interface AcquiredTask {
  kind: 'acquired';
  task: TaskView;
  lease: LeaseSecret;
  skipped: readonly RecordKey[];
  conflicts: readonly Conflict[];
  /** Its job, where it was sent with the task */
  job?: Promise<void>;
  /** Where no job can be made: ends the task. False where it has started or ended in the meantime */
  undo(error: string): Promise<boolean>;
  /** Called once the launch stands and will not be undone */
  onKept?(): void;
}

export type Acquired =
  | AcquiredTask
  | { kind: 'waiting'; task: TaskView; conflicts: readonly Conflict[]; conflictCount: number }
  | KeyHolder;

interface Deps {
  registry: RegistryInside;
  launches: LaunchStore;
}

/** `queue`: its job goes out with the task, in one round trip. @throws {ConflictError} */
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
  const claimed = await registry
    .acquireBy(launches.launchStep(task, sendJob), request)
    .catch(async (error: unknown) => {
      const isRefused = error instanceof ConflictError || error instanceof RestartGraceError;
      // Nobody knows whether the task was written down, and its job is perhaps there.
      if (job && !isRefused) await removeJob(launches, queue!, task);
      throw error;
    });
  if (claimed.kind === 'refused') return readKeyHolder(claimed.why);
  const { grant, stepAnswer } = claimed;
  const lease: LeaseSecret = { leaseId: grant.id, secret: grant.secret };
  const created =
    stepAnswer === undefined
      ? await writeDown(launches, task, lease, 'queued', () => registry.release(lease, 'vanished'))
      : ({ kind: 'created', createdAt: grant.since, launchOrder: Number(stepAnswer) } as const);
  if (created.kind !== 'created') return created;
  const { createdAt, launchOrder } = created;
  return {
    kind: 'acquired',
    task: createView(task, { createdAt, launchOrder, recordCount: grant.recordCount, leaseId: grant.id }),
    lease,
    skipped: grant.skipped,
    conflicts: grant.conflicts,
    ...(job && { job }),
    undo: (error) => launches.rollBack(task.id, error),
  };
}

async function removeJob(launches: LaunchStore, queue: TaskQueue, task: PlannedTask): Promise<void> {
  try {
    await launches.rollBack(task.id, NOT_QUEUED);
    await queue.remove(task.id);
  } catch {
    // Redis is away, which is why it is not known; and it may have been launched after all.
  }
}

/** All of the records where they are free, else a position in the wait list. */
export async function joinWaitList({ registry, launches }: Deps, task: PlannedTask): Promise<Acquired> {
  const claimed = await registry.queue({
    ...leaseRequest(task),
    isNewHolder: true,
    mostNamed: MAX_NAMED_CONFLICTS,
  });
  if (claimed.kind === 'granted') {
    const { grant } = claimed;
    const lease: LeaseSecret = { leaseId: grant.id, secret: grant.secret };
    const created = await writeDown(launches, task, lease, 'queued', () =>
      registry.release(lease, 'vanished'),
    );
    if (created.kind !== 'created') return created;
    const { createdAt, launchOrder } = created;
    return {
      kind: 'acquired',
      task: createView(task, { createdAt, launchOrder, recordCount: grant.recordCount, leaseId: grant.id }),
      lease,
      skipped: [],
      conflicts: [],
      undo: (error) => launches.rollBack(task.id, error),
    };
  }
  const { leaseId, secret, ttlMs, position, conflicts, conflictCount } = claimed.ticket;
  const lease: LeaseSecret = { leaseId, secret };
  const created = await writeDown(launches, task, lease, 'waiting', async () => {
    const withdrawn = await registry.withdraw(lease, ttlMs, []);
    if (withdrawn.kind === 'granted') await registry.release(lease, 'vanished');
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

/** Where the task cannot be written down, what was taken for it is let go. */
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
        'The records were lost before the task was written down, so nothing was launched. Launch it again.',
      );
    }
    await release().catch(() => {});
    return created;
  } catch (error) {
    // It may have been written down all the same, and nobody would ever make its job. What cannot be undone now, because
    // Redis is away, is settled by whoever finds it.
    const isUndone = await launches.rollBack(task.id, NOT_QUEUED).catch(() => true);
    if (!isUndone) await release().catch(() => {});
    throw error;
  }
}
