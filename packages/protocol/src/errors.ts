/** Every error code on the wire, with its HTTP status and title. Server and browser use this table. */
import type { RecordChange } from './change.ts';
import type { Conflict } from './conflict.ts';

export const ERRORS = {
  /** A key, message, header or input is malformed */
  bad_request: { status: 400, title: 'The request is malformed' },
  /** The server does not know the resource */
  unknown_resource: { status: 400, title: 'No such resource' },
  /** Nobody is signed in */
  unauthenticated: { status: 401, title: 'Not signed in' },
  /** `authorize` refused it */
  forbidden: { status: 403, title: 'Not allowed' },
  /** The task, lease or release request does not exist, or no longer exists */
  not_found: { status: 404, title: 'Not found' },
  /** Other leases block some of the records: they cover them, or came earlier and wait for them. `conflicts` lists them all */
  conflict: { status: 409, title: 'Some records are being changed by somebody else' },
  /** The lease is not in force, or the secret is not its own */
  lease_lost: { status: 409, title: 'The lease is no longer in force' },
  /** Some records have changed since the version that the write names, or the server no longer knows whether they have. `changes` lists the known changes */
  stale: { status: 409, title: 'Some records have changed since they were loaded' },
  /** More records than one message, or one lease, may name */
  too_many_records: { status: 413, title: 'Too many records in one request' },
  /** The body of an HTTP request is larger than the route accepts */
  too_large: { status: 413, title: 'The request is too large' },
  /** Too many messages, or too many leases */
  rate_limited: { status: 429, title: 'Too many requests' },
  /** The server has a fault. Its log says which */
  internal: { status: 500, title: 'Something went wrong on the server' },
  /** Redis cannot be reached, or refuses writes: nothing was changed. Or it did not answer in time: the outcome is unknown. `message` says which */
  unavailable: { status: 503, title: 'Locks cannot be checked right now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error as it travels over the live channel. */
export interface ErrorBody {
  /** One of the codes below */
  code: ErrorCode;
  /** Says what happened, why, and what to do now */
  message: string;
  /** With `conflict`: every lease that blocks the request */
  conflicts?: Conflict[];
  /** With `stale`: the version of the namespace now */
  version?: number;
  /** With `stale`: the changes, newest first, at most 20. Empty if the server no longer knows them: load the records again */
  changes?: RecordChange[];
}

/** An error as it travels over HTTP: RFC 9457, `application/problem+json`. */
export interface ProblemBody {
  /** `urn:rowlock:problem:<code>` */
  type: string;
  /** The code's title */
  title: string;
  /** The HTTP status */
  status: number;
  /** Says what happened, why, and what to do now */
  detail: string;
  /** Equal to `detail`, because many HTTP clients show this field */
  message: string;
  /** As in an `ErrorBody` */
  code: ErrorCode;
  /** As in an `ErrorBody` */
  conflicts?: Conflict[];
  /** As in an `ErrorBody` */
  version?: number;
  /** As in an `ErrorBody` */
  changes?: RecordChange[];
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export function problemOf(error: ErrorBody): ProblemBody {
  const { status, title } = ERRORS[error.code];
  return {
    type: `urn:rowlock:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    message: error.message,
    code: error.code,
    ...(error.conflicts && { conflicts: error.conflicts }),
    ...(error.version !== undefined && { version: error.version }),
    ...(error.changes && { changes: error.changes }),
  };
}

export const isProblem = (value: unknown): value is ProblemBody =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as ProblemBody).type === 'string' &&
  (value as ProblemBody).type.startsWith('urn:rowlock:problem:');
