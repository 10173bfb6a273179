/**
 * Notes changes of holders that cannot note them: before somebody else ends a lease, everything that its holder may have
 * changed counts as changed. Otherwise the next holder could overwrite it on old data.
 */
import type { LeaseId, LeaseView } from '@rowlock/protocol';
import { REQUEST_HOLDER } from '../locks/leases/endSessionLeases.ts';
import type { InternalRegistry } from '../locks/registry/lockRegistry.ts';
import type { NewChange } from './versionStore.ts';

interface EndedLeaseDeps {
  note(change: NewChange): Promise<unknown>;
  /** Whether an attempt at a task has begun. Undefined if this is no task of Rowlock */
  hasStarted(taskId: string): Promise<boolean | undefined>;
}

/** The registry, with that note before a takeover, a revocation and an expiry. */
export function notedRegistry(registry: InternalRegistry, deps: EndedLeaseDeps): InternalRegistry {
  async function noteEach(leaseIds: readonly LeaseId[], why: 'revoked' | 'expired'): Promise<void> {
    const found = await registry.find(leaseIds);
    for (const { lease, isWaiting } of found) {
      if (isWaiting || lease.mode === 'shared' || !(await mayHaveChanged(lease, why, deps))) continue;
      const { records, subtrees } = (await registry.getCoverage([lease.id])).get(lease.id)!;
      if (records.length === 0) continue;
      const { type, id: by, actor } = lease.holder;
      await deps.note({ records, subtrees, by, actor, how: type === 'task' ? 'task' : 'write' });
    }
  }

  return {
    ...registry,
    async expire(leaseId, heartbeat, reason) {
      if (reason === 'expired') await noteEach([leaseId], 'expired');
      return registry.expire(leaseId, heartbeat, reason);
    },
    async takeOver(request) {
      if (request.leaseIds.length > 0) await noteEach(request.leaseIds, 'revoked');
      return registry.takeOver(request);
    },
    async revoke(request) {
      await noteEach(request.leaseIds, 'revoked');
      return registry.revoke(request);
    },
  };
}

async function mayHaveChanged(
  { holder }: LeaseView,
  why: 'revoked' | 'expired',
  { hasStarted }: Pick<EndedLeaseDeps, 'hasStarted'>,
): Promise<boolean> {
  if (holder.type === 'task') return (await hasStarted(holder.id)) ?? why === 'expired';
  // The holder of an expired lease has crashed, perhaps in the middle of a write. A living person notes their own writes,
  // but the process of a request may be gone.
  return why === 'expired' || holder.id.startsWith(REQUEST_HOLDER);
}
