/** Reads what a request proves: a session by the header `Rowlock-Session`, one lease by `Rowlock-Lease`, or both. */
import type { IncomingHttpHeaders } from 'node:http';
import {
  LEASE_HEADER,
  type LeaseSecret,
  parseLeaseHeader,
  parseSession,
  SESSION_HEADER,
  type SessionSecret,
} from '@rowlock/protocol';
import { readHeader } from './readHeader.ts';

/** The secrets that a guarded write sends, beyond the signed-in user. */
export interface WriteSecrets {
  /** The write needs this lease: it is refused if the lease is not in force */
  leaseSecret?: LeaseSecret | undefined;
  /** The write may use all leases of this session */
  session?: SessionSecret | undefined;
}

/** @throws {RowlockError} `bad_request` if a header is malformed */
export const readSecrets = (headers: IncomingHttpHeaders): WriteSecrets => ({
  leaseSecret: readHeader(
    headers,
    LEASE_HEADER,
    parseLeaseHeader,
    '"<lease id>.<secret>", as `acquire` answered them',
  ),
  session: readHeader(
    headers,
    SESSION_HEADER,
    parseSession,
    '"<session id>.<secret>", as the client of the tab makes it',
  ),
});
