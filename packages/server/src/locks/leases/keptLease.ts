/** A lease of a session, as the process that renews it knows it: in force, or with a position in the wait list. */
import type {
  Holder,
  LeaseAcquired,
  LeaseLost,
  LeaseWaiting,
  LockMode,
  RecordKey,
  ReleaseRequested,
} from '@rowlock/protocol';
import type { LeaseRequest } from '../registry/requests.ts';

/** A browser tab's identity on the server, as far as its leases are concerned. */
export interface LeaseSession {
  /** A lease has ended, or another connection has resumed it, without a request of this session */
  onLeaseLost(lost: LeaseLost): void;
  /** A waiting lease has another position */
  onLeaseWaiting(waiting: LeaseWaiting): void;
  /** A waiting lease has come into force */
  onLeaseAcquired(acquired: LeaseAcquired): void;
  /** Somebody asks for the release of a lease. It may come more than once */
  onReleaseRequested(request: ReleaseRequested): void;
}

export interface KeptLease {
  secret: string;
  /** Of a waiting lease with its letter, as `expire` compares it */
  heartbeat: number | string;
  /** Undefined while the session is disconnected */
  session: LeaseSession | undefined;
  /** Monotonic ms before the last successful renewal, or before the request that acquired it */
  renewedAtMs: number;
  /** Its records now. If a restart of Redis loses the lease, it is requested again by this */
  request: LeaseRequest & { ttlMs: number };
  /** Its position in the wait list. Undefined once it is in force */
  position: number | undefined;
  /** The latest renewal */
  renewing: Promise<void>;
  /** A renewal waits for the one that is under way */
  isRenewalDue: boolean;
  isTransferred: boolean;
  cancelGrace(): void;
}

/** The request by which a lease is requested again, from what Redis says of it. */
export function toRequest({
  holder,
  records,
  subtrees,
  mode,
  ttlMs,
}: {
  holder: Holder;
  records: readonly RecordKey[];
  /** Its records that stand for all below them */
  subtrees: readonly RecordKey[];
  mode: LockMode;
  ttlMs: number;
}): KeptLease['request'] {
  // A whole resource has everything below it in either scope.
  const scope = subtrees.some((key) => !key.endsWith('/*')) ? 'subtree' : 'record';
  return { holder, records, mode, scope, ttlMs };
}
