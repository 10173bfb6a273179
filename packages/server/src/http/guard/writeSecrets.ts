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
import { RowlockError } from '../../errors.ts';

/** The secrets that a guarded write sends, beyond the signed-in user. */
export interface WriteSecrets {
  /** The write needs this lease: it is refused if the lease is not in force */
  leaseSecret?: LeaseSecret | undefined;
  /** The write may use all leases of this session */
  session?: SessionSecret | undefined;
}

/** @throws {RowlockError} `bad_request` if a header is malformed */
export const readSecrets = (headers: IncomingHttpHeaders): WriteSecrets => ({
  leaseSecret: read(
    headers,
    LEASE_HEADER,
    parseLeaseHeader,
    '"<lease id>.<secret>", as `acquire` answered them',
  ),
  session: read(
    headers,
    SESSION_HEADER,
    parseSession,
    '"<session id>.<secret>", as the client of the tab makes it',
  ),
});

function read<T>(
  headers: IncomingHttpHeaders,
  name: string,
  parse: (value: string) => T | undefined,
  form: string,
): T | undefined {
  const header = headers[name.toLowerCase()];
  if (header === undefined) return undefined;
  const value = parse(String(header));
  if (value !== undefined) return value;
  throw new RowlockError('bad_request', `The header ${name} is malformed. It is ${form}.`);
}
