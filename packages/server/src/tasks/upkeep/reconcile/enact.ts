/** Carries out the verdicts of a reconciler. */
import type { LockRegistry } from '../../../locks/registry/lockRegistry.ts';
import type { Verdict } from './decide.ts';
import type { ReconcilerOutcome } from './outcome.ts';
import type { ReconcilerStore } from './reconcilerStore.ts';

/** Undefined if the state has changed since, so that nothing was done. */
export type Enact = (verdict: Verdict) => Promise<ReconcilerOutcome | undefined>;

export const createEnact =
  (store: ReconcilerStore, registry: Pick<LockRegistry, 'expire'>): Enact =>
  async (verdict) => {
    const { kind, reason } = verdict;
    switch (kind) {
      case 'note-worker': {
        const { task, heartbeat, seen, action } = verdict;
        if (!(await store.noteWorker(task, heartbeat, seen))) return undefined;
        return { subject: 'task', id: task.id, action, reason };
      }
      case 'settle': {
        const { task, expected, end } = verdict;
        if (!(await store.settle(task.id, expected, end))) return undefined;
        return { subject: 'task', id: task.id, action: 'settled', state: end.state, reason };
      }
      case 'expire': {
        const { lease } = verdict;
        if (!(await registry.expire(lease.lease.id, lease.heartbeat, 'vanished'))) return undefined;
        return { subject: 'lease', id: lease.lease.id, action: 'expired', reason };
      }
    }
  };
