/** Errors as `application/problem+json` (RFC 9457). */
import { type Actor, ERRORS, type ErrorBody, PROBLEM_CONTENT_TYPE, problemOf } from '@rowlock/protocol';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { ConflictError, RowlockError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Permissions } from '../permissions.ts';
import { redactConflict } from '../tasks/read/describeConflicts.ts';
import type { Tasks } from '../tasks/tasks.ts';
import { asMalformedRequest } from './malformedRequest.ts';

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

/** Express error middleware: answers Rowlock's own errors and malformed requests, and passes every other on. */
export function problemHandler({ tasks, permissions }: ProblemDeps): ErrorRequestHandler {
  const actorOf = ({ headers }: Request): Promise<Actor | null> =>
    permissions.authenticate({ headers, auth: {} }).catch(() => null);

  return (error: unknown, request, response, next) => {
    const known = error instanceof RowlockError ? error : asMalformedRequest(error);
    if (!known || response.headersSent) return next(error);
    if (!(known instanceof ConflictError)) return sendProblem(response, known.toBody());
    // The conflicts are shown as the asking user may see them, who may not watch the blocking tasks.
    actorOf(request)
      .then((actor) => redactConflict(tasks, known, actor))
      .then((seen) => sendProblem(response, seen.toBody()))
      .catch(next);
  };
}

/**
 * For Rowlock's own routes: all other errors are faults of the server. The client gets a sentence, the log gets the
 * cause.
 */
export function faultHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, { method, path }, response, next) => {
    if (response.headersSent) return next(error);
    logger.error(`${method} ${path} failed`, error);
    sendProblem(response, {
      code: 'internal',
      message:
        'Something went wrong on the server, and its log has the cause. Check what has changed before you try again.',
    });
  };
}

export const noSuchRoute: RequestHandler = ({ method, path }) => {
  throw new RowlockError('not_found', `There is no ${method} ${path} here. PROTOCOL.md lists the routes.`);
};
