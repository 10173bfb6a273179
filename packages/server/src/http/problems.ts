/** Errors as `application/problem+json` (RFC 9457), for any framework. */
import { ERRORS, type ErrorBody, PROBLEM_CONTENT_TYPE, problemOf } from '@rowlock/protocol';
import type { Credentials } from '../credentials.ts';
import { ConflictError, type RowlockError, StaleError } from '../errors.ts';
import type { Permissions } from '../permissions.ts';
import { redactError } from '../tasks/read/redactError.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { HttpAnswer } from './httpRequest.ts';

/** The answers differ by user and by moment, so nobody may keep them. */
export const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/** Of errors that are temporary by nature: the seconds after which a client may try again. */
export const RETRY_AFTER_S = { rate_limited: '10', unavailable: '1' } as const;

export interface ProblemDeps {
  tasks: Pick<Tasks, 'describeConflicts'>;
  permissions: Pick<Permissions, 'authenticate' | 'redaction'>;
}

export function problemAnswer(error: ErrorBody): HttpAnswer {
  const { status } = ERRORS[error.code];
  return {
    status,
    headers: {
      'Content-Type': `${PROBLEM_CONTENT_TYPE}; charset=utf-8`,
      ...NO_STORE,
      ...(error.code in RETRY_AFTER_S && { 'Retry-After': RETRY_AFTER_S[error.code as 'unavailable'] }),
    },
    body: JSON.stringify(problemOf(error)),
  };
}

/** Shows conflicts as the asking user may see them, who may not watch the blocking tasks. */
export async function problemFor(
  { tasks, permissions }: ProblemDeps,
  error: RowlockError,
  credentials: Credentials,
): Promise<HttpAnswer> {
  const namesHolders = error instanceof ConflictError || error instanceof StaleError;
  if (!namesHolders) return problemAnswer(error.toBody());
  const actor = await permissions.authenticate(credentials).catch(() => null);
  return problemAnswer(await redactError({ tasks, permissions }, error, actor));
}
