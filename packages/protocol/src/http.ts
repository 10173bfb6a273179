/** HTTP: the header that carries a lease, and the body of the release beacon. */
import type { LeaseId } from './lease.ts';

/** `Rowlock-Lease: <lease id>.<secret>` says under which lease a write is made. */
export const LEASE_HEADER = 'Rowlock-Lease';

/** A lease's id, and the secret that proves who owns it. */
export interface LeaseSecret {
  leaseId: LeaseId;
  secret: string;
}

export const formatLeaseHeader = (leaseSecret: LeaseSecret): string =>
  `${leaseSecret.leaseId}.${leaseSecret.secret}`;

/**
 * Body of `POST <router>/leases/release`, sent by `navigator.sendBeacon` when a tab closes. The leases end after the
 * disconnect grace, unless a reload resumes them.
 */
export interface ReleaseBeacon {
  /** The leases to release: 1 to 50 */
  leases: LeaseSecret[];
}

/** Undefined if the header is not of the form `<lease id>.<secret>`. Only the registry knows whether the secret is right. */
export function parseLeaseHeader(header: string): LeaseSecret | undefined {
  const match = /^([0-9]{1,20})\.([A-Za-z0-9_-]{16,64})$/.exec(header);
  return match ? { leaseId: match[1]!, secret: match[2]! } : undefined;
}
