/** Every error code on the wire, with its HTTP status and title: one table, used by both ends. */
import type { Conflict } from './conflict.ts';

export const ERRORS = {
  bad_request: { status: 400, title: 'The request is malformed' },
  unknown_resource: { status: 400, title: 'No such resource' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Some records are being changed by somebody else' },
  lease_lost: { status: 409, title: 'The lease is no longer in force' },
  too_many_records: { status: 413, title: 'Too many records in one request' },
  too_large: { status: 413, title: 'The request is too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on the server' },
  unavailable: { status: 503, title: 'Locks cannot be checked right now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error as it travels over the live channel. */
export interface ErrorBody {
  code: ErrorCode;
  /** What happened, why, and what to do now */
  message: string;
  /** With `conflict`: every lease in the way */
  conflicts?: Conflict[];
}

/** An error as it travels over HTTP: RFC 9457, `application/problem+json`. */
export interface ProblemBody {
  /** `urn:rowlock:problem:<code>` */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  conflicts?: Conflict[];
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export function problemOf(error: ErrorBody): ProblemBody {
  const { status, title } = ERRORS[error.code];
  return {
    type: `urn:rowlock:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.conflicts && { conflicts: error.conflicts }),
  };
}

export const isProblem = (value: unknown): value is ProblemBody =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as ProblemBody).type === 'string' &&
  (value as ProblemBody).type.startsWith('urn:rowlock:problem:');
