/** Work under a lease: it acquires a lease of its own, or joins the lease of the work around it. */
import type { RecordKey } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import {
  findJoinable,
  type JoinableLease,
  joinWork,
  runInSection,
  runJoinable,
  type Section,
} from './criticalSections.ts';
import type { HeldLeases } from './heldLeases.ts';
import type { LeaseHandle } from './leaseHandle.ts';
import type { LockRequest, WorkRequest } from './lockRequests.ts';

type Work<T> = (lease: LeaseHandle) => Promise<T>;

export function createWithLock(deps: {
  namespace: string;
  registry: LockRegistry;
  held: HeldLeases;
}): <T>(request: WorkRequest, fn: Work<T>) => Promise<T> {
  const { namespace, registry, held } = deps;

  async function join<T>(
    section: Section,
    outer: JoinableLease,
    request: WorkRequest,
    fn: Work<T>,
  ): Promise<T> {
    const { lease, mode } = outer;
    lease.signal.throwIfAborted();
    if (mode === 'shared' && (request.mode ?? 'exclusive') === 'exclusive') {
      throw new RowlockError(
        'bad_request',
        `This code runs under the shared lease ${lease.id}, which cannot become exclusive. Nothing was locked. Acquire the ` +
          'outer lease as exclusive.',
      );
    }
    const asSubtree = request.scope === 'subtree';
    const missing = asSubtree
      ? request.records
      : (await registry.prove({ leaseId: lease.id, secret: lease.secret }, request.records)).uncovered;
    const onConflict = request.onConflict === 'skip' ? 'skip' : 'refuse';
    if (missing.length > 0) {
      await lease.extend(missing, { onConflict, ...(asSubtree && { scope: 'subtree' }) });
    }
    const joined = asJoined(lease);
    return runJoinable(section, { ...outer, lease: joined }, () => fn(joined));
  }

  async function acquireAndRun<T>(section: Section, request: LockRequest, fn: Work<T>): Promise<T> {
    await using lease = await held.acquire(request);
    const { holder, mode = 'exclusive' } = request;
    let isTransferred = false;
    const hasEnded = () => isTransferred || (!lease.signal.aborted && !held.isHeld(lease));
    section.transferable.push({
      leaseId: lease.id,
      secret: lease.secret,
      ownerId: holder.actor.id,
      hasEnded: () => !held.isHeld(lease),
      onTransferred() {
        isTransferred = true;
        held.markTransferred(lease);
      },
    });
    return await runJoinable(section, { holder, mode, lease, hasEnded }, () => fn(lease));
  }

  return async (request, fn) => {
    const { holder, records, mode, scope, signal, onConflict } = request;
    // Only the registry's wait list knows the turns of other holders.
    const takesTurns = onConflict !== 'wait' || findJoinable(namespace, holder) !== undefined;
    return runInSection({ namespace, records, mode, scope, signal, takesTurns }, (section) => {
      const outer = findJoinable(namespace, holder);
      if (outer) return joinWork(outer, join(section, outer.joinable!, request, fn));
      if (holder) return acquireAndRun(section, { ...request, holder }, fn);
      throw new RowlockError(
        'bad_request',
        'No holder was given, and this code runs under no lease that it could join. Nothing was locked. Give a holder, or ' +
          'call this while the work that holds the lease runs.',
      );
    });
  };
}

/** A lease for work that has joined it: only the work that acquired the lease can release all of it. */
function asJoined(lease: LeaseHandle): LeaseHandle {
  return Object.create(lease, {
    release: { value: async (some?: readonly RecordKey[]) => (some ? lease.release(some) : undefined) },
    [Symbol.asyncDispose]: { value: async () => {} },
  }) as LeaseHandle;
}
