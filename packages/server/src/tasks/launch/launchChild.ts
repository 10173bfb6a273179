/**
 * Launches a child from within a run. The child works under its parent's lease, which is extended by missing records. The
 * n-th launch of a definition in a run is always the same child, so that a repeated run finds its children.
 */
import { LeaseLostError, RowlockError } from '../../errors.ts';
import type { LockRegistry } from '../../locks/registry/lockRegistry.ts';
import type { TaskDefinition } from '../definition/defineTask.ts';
import type { LaunchChild } from '../run/attemptChildren.ts';
import type { LaunchStore } from '../store/launchStore.ts';
import { type AcquiredTask, NOT_QUEUED } from './acquireRecords.ts';
import type { EarlierLaunches } from './earlierLaunches.ts';
import type { Enqueue } from './enqueue.ts';
import type { Plan } from './launchPlan.ts';
import { createView, planTask } from './newTask.ts';

export function createLaunchChild(deps: {
  registry: LockRegistry;
  launches: LaunchStore;
  earlier: EarlierLaunches;
  enqueue: Enqueue;
  plan: Plan;
}): LaunchChild {
  const { registry, launches, earlier, enqueue, plan } = deps;

  return async (definition, rawInput, { taskId: parentId, secret, actor, ordinal, lease }) => {
    const child = definition as unknown as TaskDefinition;
    const options = { actor, idempotencyKey: `${parentId}:${ordinal}` };
    const known = await earlier.find(child, options);
    if (known) return known.task;
    const planned = planTask(await plan(child, rawInput, { actor }), options, { parentId });
    const { records } = planned.plan;
    const { scope = 'record' } = child;
    const coverage = (await registry.getCoverage([lease.id])).get(lease.id);
    const fit = new Set(scope === 'subtree' ? coverage?.subtrees : coverage?.records);
    const missing = records.filter((record) => !fit.has(record));
    if (missing.length > 0) await lease.extend(missing, { scope });

    const created = await launches.createChild(
      planned,
      { parentId, leaseId: lease.id, secret },
      records.length,
    );
    switch (created.kind) {
      case 'lost':
        throw new LeaseLostError(lease.id);
      case 'known':
      case 'reserved': {
        // An earlier attempt that was still running has launched it meanwhile.
        const other = await earlier.find(child, options);
        if (other) return other.task;
        throw new RowlockError(
          'internal',
          `Child ${ordinal} of task ${parentId} exists, but cannot be found. Its key is reserved by another attempt: the run may be retried.`,
        );
      }
      case 'created':
    }
    const { createdAt, launchOrder } = created;
    const task = createView(planned, {
      createdAt,
      launchOrder,
      recordCount: records.length,
      leaseId: lease.id,
    });
    const acquired: AcquiredTask = {
      kind: 'acquired',
      task,
      lease: { leaseId: lease.id, secret },
      skipped: [],
      conflicts: [],
      undo: () => launches.rollBack(planned.id, NOT_QUEUED),
    };
    await enqueue(acquired, planned);
    return task;
  };
}
