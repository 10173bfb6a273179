/** Errors as `application/problem+json` (RFC 9457). */
import { ERRORS, type ErrorBody, PROBLEM_CONTENT_TYPE, problemOf } from '@rowlock/protocol';
import type { ErrorRequestHandler, Response } from 'express';
import { ConflictError, RowlockError } from '../errors.ts';
import type { Tasks } from '../tasks/tasks.ts';

export function sendProblem(response: Response, error: ErrorBody): void {
  const { status } = ERRORS[error.code];
  if (status === 503) response.setHeader('Retry-After', '1');
  response
    .status(status)
    .type(PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify(problemOf(error)));
}

/** Express error middleware: answers Rowlock's own errors, and passes every other on. */
export function problemHandler(tasks: Tasks): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (!(error instanceof RowlockError) || response.headersSent) return next(error);
    if (!(error instanceof ConflictError)) return sendProblem(response, error.toBody());
    tasks
      .explain(error.conflicts)
      .catch(() => [...error.conflicts])
      .then((conflicts) => sendProblem(response, { ...error.toBody(), conflicts }))
      .catch(next);
  };
}
