/** The leases of sessions that this process keeps: it renews them, and ends them after the disconnect grace. */
import type { LeaseId, RecordKey } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';
import type { KeptLease, LeaseSession } from './keptLease.ts';
import { createLeaseRenewal, type RenewLease } from './leaseRenewal.ts';

/** Within this time, a task that takes over a lease is in the queue, or has returned the lease. */
const TRANSFER_MS = 1_000;

/** The records that a lease covers more or no longer. */
export interface RecordsOfChange {
  added?: readonly RecordKey[];
  released?: readonly RecordKey[];
}

type NewLease = Pick<KeptLease, 'secret' | 'heartbeat' | 'renewedAtMs' | 'session' | 'request' | 'position'>;

export class KeptLeases {
  readonly #registry: LockRegistry;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly renew: RenewLease;
  readonly #leases = new Map<LeaseId, KeptLease>();
  /** The same, by their sessions. Leases of disconnected sessions are absent */
  readonly #bySession = new Map<LeaseSession, Map<LeaseId, KeptLease>>();

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
    return [...(this.#bySession.get(session) ?? [])];
  }

  countOf(session: LeaseSession): number {
    return this.#bySession.get(session)?.size ?? 0;
  }

  /** The connected sessions that have a lease. */
  sessions(): LeaseSession[] {
    return [...this.#bySession.keys()];
  }

  keep(leaseId: LeaseId, kept: NewLease): void {
    const before = this.drop(leaseId)?.session;
    if (before && before !== kept.session) before.onLeaseLost({ leaseId, reason: 'resumed elsewhere' });
    const lease = {
      ...kept,
      renewing: Promise.resolve(),
      isRenewalDue: false,
      isTransferred: false,
      cancelGrace() {},
    };
    this.#leases.set(leaseId, lease);
    if (!lease.session) return;
    const ofSession = this.#bySession.get(lease.session) ?? new Map<LeaseId, KeptLease>();
    this.#bySession.set(lease.session, ofSession.set(leaseId, lease));
  }

  drop(leaseId: LeaseId): KeptLease | undefined {
    const lease = this.#leases.get(leaseId);
    lease?.cancelGrace();
    this.#leases.delete(leaseId);
    this.#leaveSession(leaseId, lease?.session);
    return lease;
  }

  #leaveSession(leaseId: LeaseId, session: LeaseSession | undefined): void {
    const ofSession = session && this.#bySession.get(session);
    if (ofSession?.delete(leaseId) && ofSession.size === 0) this.#bySession.delete(session!);
  }

  startGrace(leaseId: LeaseId): void {
    const lease = this.#leases.get(leaseId);
    if (!lease) return;
    this.#leaveSession(leaseId, lease.session);
    lease.session = undefined;
    lease.cancelGrace();
    // Writes under the lease have counted as renewals too, so read its present heartbeat first.
    void this.renew(leaseId, lease);
    lease.cancelGrace = this.#clock.after(this.#graceMs, () => {
      this.#leases.delete(leaseId);
      void lease.renewing.then(() => this.#endUnresumed(leaseId, lease)).catch(() => {});
    });
  }

  endIfUnrenewed(leaseId: LeaseId, heartbeat: number | string): void {
    // If this fails because Redis is away, the lease expires.
    this.#registry.expire(leaseId, heartbeat, 'closed').catch(() => {});
  }

  async #endUnresumed(leaseId: LeaseId, { secret, heartbeat, position }: KeptLease): Promise<void> {
    const hasEnded = await this.#registry.expire(leaseId, heartbeat, 'closed');
    // A waiting lease may have come into force in this moment. If another connection has resumed it, the secret is void.
    if (!hasEnded && position !== undefined) await this.#registry.release({ leaseId, secret }, 'closed');
  }

  async renewAll(): Promise<void> {
    // Also for disconnected sessions: a disconnect grace may be longer than the TTL. A transferred lease may return: a renewal
    // meanwhile would report its loss.
    const own = this.entries().filter(([, lease]) => !lease.isTransferred);
    await Promise.all(own.map(([leaseId, lease]) => this.renew(leaseId, lease)));
  }

  /** Renews the leases that wait. Their sessions learn of new positions, and of records that they hold now. */
  renewWaiting(): void {
    for (const [leaseId, lease] of this.#leases) {
      if (lease.position !== undefined) void this.renew(leaseId, lease);
    }
  }

  /** The lease covers further records, or no longer covers some. `read` is called only if this process keeps the lease. */
  noteRecords(leaseId: LeaseId, read: () => RecordsOfChange): void {
    const lease = this.#leases.get(leaseId);
    if (!lease) return;
    const { added = [], released = [] } = read();
    const records = new Set([...lease.request.records, ...added]);
    for (const key of released) records.delete(key);
    lease.request = { ...lease.request, records: [...records] };
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
