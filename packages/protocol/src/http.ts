/** HTTP: the headers that prove a session or a lease and carry a version, and the body of the release beacon. */
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

/** The number of leases that one release beacon may name. */
export const MOST_BEACON_LEASES = 50;

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

const VERSION = /^(?:0|[1-9][0-9]{0,15})$/;

/** Undefined if the header is not a whole number below 2^53. */
export function parseVersionHeader(header: string): number | undefined {
  const version = VERSION.test(header) ? Number(header) : Number.NaN;
  return Number.isSafeInteger(version) ? version : undefined;
}

/** The version in `If-Match: "<version>"`. Undefined if the header has another form. */
export const parseIfMatch = (header: string): number | undefined =>
  parseVersionHeader(/^"([0-9]+)"$/.exec(header)?.[1] ?? '');

/**
 * `Rowlock-Session: <session id>.<secret>` proves every lease of a session. A guarded write with it runs under those that
 * cover its records. It also names the screen that writes, so that its own changes do not make its data old.
 */
export const SESSION_HEADER = 'Rowlock-Session';

/** The field of the handshake's `auth` in which a client sends the same value. `authenticate` does not see it. */
export const SESSION_AUTH_FIELD = 'rowlockSession';

/** A session's id, and the secret that proves it. The client makes both at random, and keeps them over a reload. */
export interface SessionSecret {
  sessionId: string;
  secret: string;
}

export const formatSession = ({ sessionId, secret }: SessionSecret): string => `${sessionId}.${secret}`;

/** Undefined if the text is not of the form `<session id>.<secret>`. */
export function parseSession(text: string): SessionSecret | undefined {
  const match = /^([A-Za-z0-9_-]{16,64})\.([A-Za-z0-9_-]{16,64})$/.exec(text);
  return match ? { sessionId: match[1]!, secret: match[2]! } : undefined;
}
