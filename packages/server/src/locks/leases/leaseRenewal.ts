/**
 * Renews the lease of a session, in force or waiting, or requests it again if a restart of Redis has lost it. Reports it if it
 * has ended.
 */
import type { LeaseId, LeaseLost, LeaseSecret } from '@rowlock/protocol';
import { DeadlockError, LeaseLostError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { KeptLease } from './keptLease.ts';
import { createWaitRenewal, type WaitRenewalParts } from './waitRenewal.ts';

/** One renewal after the other, so that two never both reassert a lease that a restart of Redis has lost. Never rejects. */
export type RenewLease = (leaseId: LeaseId, lease: KeptLease) => Promise<void>;

interface LeaseRenewalParts extends WaitRenewalParts {
  registry: WaitRenewalParts['registry'] & Pick<LockRegistry, 'renew' | 'reassert' | 'find'>;
  onLost(lost: LeaseLost): void;
}

export function createLeaseRenewal(parts: LeaseRenewalParts): RenewLease {
  const { registry, clock, isKept, onLost } = parts;
  const renewWaiting = createWaitRenewal(parts);

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
    const leaseSecret = { leaseId, secret: lease.secret };
    try {
      await (lease.position === undefined
        ? renewOrReassert(leaseSecret, lease)
        : renewWaiting(leaseSecret, lease));
    } catch (error) {
      const isLost = error instanceof LeaseLostError || error instanceof DeadlockError;
      if (!isLost || !isKept(leaseId, lease)) return;
      const isElsewhere = (await registry.find([leaseId]).catch(() => [])).length > 0;
      // Meanwhile, the change log may have reported why it has ended.
      if (!isKept(leaseId, lease)) return;
      const reason = lease.isTransferred ? 'transferred' : isElsewhere ? 'resumed elsewhere' : 'expired';
      onLost({ leaseId, reason });
    }
  }

  return (leaseId, lease) => {
    if (lease.isRenewalDue) return lease.renewing;
    lease.isRenewalDue = true;
    lease.renewing = lease.renewing.then(() => {
      lease.isRenewalDue = false;
      return renewNow(leaseId, lease);
    });
    return lease.renewing;
  };
}
