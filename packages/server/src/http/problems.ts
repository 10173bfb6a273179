/** Errors as `application/problem+json` (RFC 9457). */
import { type Actor, ERRORS, type ErrorBody, PROBLEM_CONTENT_TYPE, problemOf } from '@rowlock/protocol';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { ConflictError, RowlockError } from '../errors.ts';
import type { Permissions } from '../permissions.ts';
import { conflictSeenBy } from '../tasks/explain.ts';
import type { Tasks } from '../tasks/tasks.ts';

export interface ProblemDeps {
  tasks: Tasks;
  permissions: Permissions;
}

export function sendProblem(response: Response, error: ErrorBody): void {
  const { status } = ERRORS[error.code];
  if (status === 503) response.setHeader('Retry-After', '1');
  response
    .status(status)
    .type(PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(problemOf(error)));
}

/** Express error middleware: answers Rowlock's own errors, and passes every other on. */
export function problemHandler({ tasks, permissions }: ProblemDeps): ErrorRequestHandler {
  const actorOf = ({ headers }: Request): Promise<Actor | null> =>
    permissions.authenticate({ headers, auth: {} }).catch(() => null);

  return (error: unknown, request, response, next) => {
    if (!(error instanceof RowlockError) || response.headersSent) return next(error);
    if (!(error instanceof ConflictError)) return sendProblem(response, error.toBody());
    // Told to whoever asks, which may be somebody who may not see the tasks in the way.
    actorOf(request)
      .then((actor) => conflictSeenBy(tasks, error, actor))
      .then((seen) => sendProblem(response, seen.toBody()))
      .catch(next);
  };
}
