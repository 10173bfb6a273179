/** The leases of sessions that this process keeps: it renews them, and ends them after the disconnect grace. */
import type { LeaseId, LeaseLost, LeaseSecret } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { LeaseLostError } from '../../errors.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { LeaseRequest } from '../registry/requests.ts';

/** Within this time, a task that takes over a lease is in the queue, or has returned the lease. */
const TRANSFER_MS = 1_000;

/** A browser tab's identity on the server, as far as its leases are concerned. */
export interface LeaseSession {
  /** A lease has ended, or another connection has resumed it, without a request of this session */
  onLeaseLost(lost: LeaseLost): void;
}

export interface KeptLease {
  secret: string;
  heartbeat: number;
  /** Undefined while the session is disconnected */
  session: LeaseSession | undefined;
  /** Monotonic ms before the last successful renewal, or before the request that acquired it */
  renewedAtMs: number;
  /** Its original request: if a restart of Redis loses the lease, it is requested again */
  request: LeaseRequest;
  /** The latest renewal */
  renewing: Promise<void>;
  isTransferred: boolean;
  cancelGrace(): void;
}

type NewLease = Pick<KeptLease, 'secret' | 'heartbeat' | 'renewedAtMs' | 'session' | 'request'>;

export class KeptLeases {
  readonly #registry: LockRegistry;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #leases = new Map<LeaseId, KeptLease>();

  constructor({ registry, clock, graceMs }: { registry: LockRegistry; clock: Clock; graceMs: number }) {
    this.#registry = registry;
    this.#clock = clock;
    this.#graceMs = graceMs;
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

  /** One renewal after the other, so that two never both reassert a lease that a restart of Redis has lost. */
  renew(leaseId: LeaseId, lease: KeptLease): Promise<void> {
    lease.renewing = lease.renewing.then(() => this.#renewNow(leaseId, lease));
    return lease.renewing;
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

  async #renewNow(leaseId: LeaseId, lease: KeptLease): Promise<void> {
    try {
      await this.#renewOrReassert({ leaseId, secret: lease.secret }, lease);
    } catch (error) {
      if (!(error instanceof LeaseLostError) || this.#leases.get(leaseId) !== lease) return;
      const isElsewhere = await this.#registry.isInForce(leaseId).catch(() => false);
      const reason = lease.isTransferred ? 'transferred' : isElsewhere ? 'resumed elsewhere' : 'expired';
      this.drop(leaseId)?.session?.onLeaseLost({ leaseId, reason });
    }
  }

  async #renewOrReassert(leaseSecret: LeaseSecret, lease: KeptLease): Promise<void> {
    const renewOnce = async () => {
      const beforeMs = this.#clock.nowMs();
      lease.heartbeat = await this.#registry.renew(leaseSecret);
      lease.renewedAtMs = beforeMs;
    };
    try {
      await renewOnce();
    } catch (error) {
      // Perhaps Redis has lost it with its newest data. Then the restart grace allows to acquire it again.
      const isLost = error instanceof LeaseLostError;
      if (!isLost || this.#leases.get(leaseSecret.leaseId) !== lease || lease.isTransferred) throw error;
      await this.#registry.reassert(leaseSecret, lease.request);
      await renewOnce();
    }
  }
}
