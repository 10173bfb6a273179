/** Renews the lease of a session, or acquires it again if a restart of Redis has lost it. Reports it if it has ended. */
import type { LeaseId, LeaseLost, LeaseSecret } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { KeptLease } from './keptLease.ts';

/** One renewal after the other, so that two never both reassert a lease that a restart of Redis has lost. Never rejects. */
export type RenewLease = (leaseId: LeaseId, lease: KeptLease) => Promise<void>;

export function createLeaseRenewal({
  registry,
  clock,
  isKept,
  onLost,
}: {
  registry: Pick<LockRegistry, 'renew' | 'reassert' | 'isInForce'>;
  clock: Clock;
  /** False if the lease was dropped, or kept again under another secret */
  isKept(leaseId: LeaseId, lease: KeptLease): boolean;
  onLost(lost: LeaseLost): void;
}): RenewLease {
  async function renewOnce(leaseSecret: LeaseSecret, lease: KeptLease): Promise<void> {
    const beforeMs = clock.nowMs();
    lease.heartbeat = await registry.renew(leaseSecret);
    lease.renewedAtMs = beforeMs;
  }

  async function renewOrReassert(leaseSecret: LeaseSecret, lease: KeptLease): Promise<void> {
    try {
      await renewOnce(leaseSecret, lease);
    } catch (error) {
      // Perhaps Redis has lost it with its newest data. Then the restart grace allows to acquire it again.
      const isLost = error instanceof LeaseLostError;
      if (!isLost || !isKept(leaseSecret.leaseId, lease) || lease.isTransferred) throw error;
      await registry.reassert(leaseSecret, lease.request);
      await renewOnce(leaseSecret, lease);
    }
  }

  async function renewNow(leaseId: LeaseId, lease: KeptLease): Promise<void> {
    try {
      await renewOrReassert({ leaseId, secret: lease.secret }, lease);
    } catch (error) {
      if (!(error instanceof LeaseLostError) || !isKept(leaseId, lease)) return;
      const isElsewhere = await registry.isInForce(leaseId).catch(() => false);
      const reason = lease.isTransferred ? 'transferred' : isElsewhere ? 'resumed elsewhere' : 'expired';
      onLost({ leaseId, reason });
    }
  }

  return (leaseId, lease) => {
    lease.renewing = lease.renewing.then(() => renewNow(leaseId, lease));
    return lease.renewing;
  };
}
