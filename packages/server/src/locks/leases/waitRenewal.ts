/**
 * Renews a waiting lease of a session, and reports its position, or that it has come into force. If a restart of Redis has
 * lost the lease, it waits again under its old id as soon as the restart grace is over.
 */
import type { LeaseId, LeaseSecret } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { LockRegistry, RenewedWait } from '../registry/lockRegistry.ts';
import type { KeptLease } from './keptLease.ts';

export interface WaitRenewalParts {
  registry: Pick<LockRegistry, 'renewWaiting' | 'rejoin'>;
  clock: Clock;
  /** False if the lease was dropped, or kept again under another secret */
  isKept(leaseId: LeaseId, lease: KeptLease): boolean;
}

/** @throws {LeaseLostError} {DeadlockError} if it has ended */
type RenewWait = (leaseSecret: LeaseSecret, lease: KeptLease) => Promise<void>;

export function createWaitRenewal({ registry, clock, isKept }: WaitRenewalParts): RenewWait {
  async function renewOrRejoin(leaseSecret: LeaseSecret, lease: KeptLease): Promise<RenewedWait> {
    const { request } = lease;
    try {
      return await registry.renewWaiting(leaseSecret, request.ttlMs);
    } catch (error) {
      if (!(error instanceof LeaseLostError) || !isKept(leaseSecret.leaseId, lease)) throw error;
      await registry.rejoin(leaseSecret, request);
      return registry.renewWaiting(leaseSecret, request.ttlMs);
    }
  }

  return async (leaseSecret, lease) => {
    const { leaseId } = leaseSecret;
    const beforeMs = clock.nowMs();
    const answer = await renewOrRejoin(leaseSecret, lease);
    if (!isKept(leaseId, lease)) return;
    lease.heartbeat = answer.heartbeat;
    lease.renewedAtMs = beforeMs;
    if (answer.kind === 'acquired') {
      lease.position = undefined;
      const { fence, ttlMs, recordCount } = answer.lease;
      lease.session?.onLeaseAcquired({ leaseId, fence, ttlMs, recordCount });
    } else if (answer.position !== lease.position) {
      lease.position = answer.position;
      lease.session?.onLeaseWaiting({ leaseId, position: answer.position });
    }
  };
}
