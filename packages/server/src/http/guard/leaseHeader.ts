/** Reads the lease that a request proves by its header `Rowlock-Lease`. */
import type { IncomingHttpHeaders } from 'node:http';
import { LEASE_HEADER, type LeaseSecret, parseLeaseHeader } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';

const NAME = LEASE_HEADER.toLowerCase();

/** Undefined if the request has no such header. @throws {RowlockError} `bad_request` if it is malformed */
export function readLeaseHeader(headers: IncomingHttpHeaders): LeaseSecret | undefined {
  const header = headers[NAME];
  if (header === undefined) return undefined;
  const leaseSecret = parseLeaseHeader(String(header));
  if (leaseSecret) return leaseSecret;
  throw new RowlockError(
    'bad_request',
    `The header ${LEASE_HEADER} is malformed. It is "<lease id>.<secret>", as \`acquire\` answered them.`,
  );
}
