/** Problems on Express: as error middleware, and as a function for the application's own errors. */
import type { ErrorBody } from '@rowlock/protocol';
import type { ErrorRequestHandler, Response } from 'express';
import { RowlockError } from '../../errors.ts';
import { asMalformedRequest } from '../malformedRequest.ts';
import { type ProblemDeps, problemAnswer, problemFor } from '../problems.ts';
import { httpRequestOf } from './expressRequest.ts';
import { sendAnswer } from './sendAnswer.ts';

export const sendProblem = (response: Response, error: ErrorBody): void =>
  sendAnswer(response, problemAnswer(error));

/** Express error middleware: answers Rowlock's own errors and malformed requests, and passes every other on. */
export function problemHandler(deps: ProblemDeps): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const known = error instanceof RowlockError ? error : asMalformedRequest(error);
    if (!known || response.headersSent) return next(error);
    problemFor(deps, known, httpRequestOf(request).credentials)
      .then((answer) => sendAnswer(response, answer))
      .catch(next);
  };
}
