/** HTTP: the headers that carry a lease and a version, and the body of the release beacon. */
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

/**
 * `Rowlock-Version: <version>` of a write: the version at which the screen loaded its data. Of an answer: the version of the
 * data in it, or of the write.
 */
export const VERSION_HEADER = 'Rowlock-Version';

/** `Rowlock-Writer: <id>` names the screen that writes, so that its own changes do not make its data old. */
export const WRITER_HEADER = 'Rowlock-Writer';

const VERSION = /^(?:0|[1-9][0-9]{0,15})$/;

/** Undefined if the header is not a whole number below 2^53. */
export function parseVersionHeader(header: string): number | undefined {
  const version = VERSION.test(header) ? Number(header) : Number.NaN;
  return Number.isSafeInteger(version) ? version : undefined;
}

/** The version in `If-Match: "<version>"`. Undefined if the header has another form. */
export const parseIfMatch = (header: string): number | undefined =>
  parseVersionHeader(/^"([0-9]+)"$/.exec(header)?.[1] ?? '');

/** Undefined if the header is not 1 to 64 of `A–Z a–z 0–9 _ -`. */
export const parseWriterHeader = (header: string): string | undefined =>
  /^[A-Za-z0-9_-]{1,64}$/.test(header) ? header : undefined;
