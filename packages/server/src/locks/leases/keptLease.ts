/** A lease of a session, as the process that renews it knows it. */
import type { LeaseLost } from '@rowlock/protocol';
import type { LeaseRequest } from '../registry/requests.ts';

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
