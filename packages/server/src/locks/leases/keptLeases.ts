/** The leases of sessions that this process keeps: it renews them, and ends them after the disconnect grace. */
import type { LeaseId } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { KeptLease, LeaseSession } from './keptLease.ts';
import { createLeaseRenewal, type RenewLease } from './leaseRenewal.ts';

/** Within this time, a task that takes over a lease is in the queue, or has returned the lease. */
const TRANSFER_MS = 1_000;

type NewLease = Pick<KeptLease, 'secret' | 'heartbeat' | 'renewedAtMs' | 'session' | 'request'>;

export class KeptLeases {
  readonly #registry: LockRegistry;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly renew: RenewLease;
  readonly #leases = new Map<LeaseId, KeptLease>();

  constructor({ registry, clock, graceMs }: { registry: LockRegistry; clock: Clock; graceMs: number }) {
    this.#registry = registry;
    this.#clock = clock;
    this.#graceMs = graceMs;
    this.renew = createLeaseRenewal({
      registry,
      clock,
      isKept: (leaseId, lease) => this.#leases.get(leaseId) === lease,
      onLost: (lost) => this.drop(lost.leaseId)?.session?.onLeaseLost(lost),
    });
  }

  get(leaseId: LeaseId): KeptLease | undefined {
    return this.#leases.get(leaseId);
  }

  entries(): [LeaseId, KeptLease][] {
    return [...this.#leases];
  }

  /** A lease that was transferred stays with its old session until the transfer has proven to last. */
  listOf(session: LeaseSession): [LeaseId, KeptLease][] {
    return this.entries().filter(([, lease]) => lease.session === session);
  }

  keep(leaseId: LeaseId, lease: NewLease): void {
    const before = this.#leases.get(leaseId);
    before?.cancelGrace();
    if (before?.session && before.session !== lease.session) {
      before.session.onLeaseLost({ leaseId, reason: 'resumed elsewhere' });
    }
    this.#leases.set(leaseId, {
      ...lease,
      renewing: Promise.resolve(),
      isTransferred: false,
      cancelGrace() {},
    });
  }

  drop(leaseId: LeaseId): KeptLease | undefined {
    const lease = this.#leases.get(leaseId);
    lease?.cancelGrace();
    this.#leases.delete(leaseId);
    return lease;
  }

  startGrace(leaseId: LeaseId): void {
    const lease = this.#leases.get(leaseId);
    if (!lease) return;
    lease.session = undefined;
    lease.cancelGrace();
    // Writes under the lease have counted as renewals too, so read its present heartbeat first.
    void this.renew(leaseId, lease);
    lease.cancelGrace = this.#clock.after(this.#graceMs, () => {
      this.#leases.delete(leaseId);
      void lease.renewing.then(() => this.endIfUnrenewed(leaseId, lease.heartbeat));
    });
  }

  endIfUnrenewed(leaseId: LeaseId, heartbeat: number): void {
    // If this fails because Redis is away, the lease expires.
    this.#registry.expire(leaseId, heartbeat, 'closed').catch(() => {});
  }

  async renewAll(): Promise<void> {
    // Also for disconnected sessions: a disconnect grace may be longer than the TTL. A transferred lease may return: a renewal
    // meanwhile would report its loss.
    const own = this.entries().filter(([, lease]) => !lease.isTransferred);
    await Promise.all(own.map(([leaseId, lease]) => this.renew(leaseId, lease)));
  }

  noteTransferred(leaseId: LeaseId, isToTask: boolean): void {
    const lease = this.#leases.get(leaseId);
    if (!lease) return;
    lease.isTransferred = isToTask;
    if (isToTask) this.#clock.after(TRANSFER_MS, () => void this.renew(leaseId, lease));
  }

  cancelGraces(): void {
    for (const lease of this.#leases.values()) lease.cancelGrace();
  }
}
