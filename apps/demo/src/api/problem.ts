/** The gazetteer's own errors by RFC 9457. Their types are separate from those of Rowlock. */
import { PROBLEM_CONTENT_TYPE } from '@rowlock/protocol';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { ZodError, type z } from 'zod';

const PROBLEMS = {
  bad_request: { status: 400, title: 'The request is malformed' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on the server' },
} as const;
type ProblemCode = keyof typeof PROBLEMS;

/** An error whose message a client may see. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly extra: Record<string, unknown>;

  constructor(code: ProblemCode, detail: string, extra: Record<string, unknown> = {}) {
    super(detail);
    this.code = code;
    this.extra = extra;
    this.name = 'ProblemError';
  }
}

export function sendProblem(res: Response, code: ProblemCode, detail: string, extra: object = {}): void {
  const { status, title } = PROBLEMS[code];
  res
    .status(status)
    .type(PROBLEM_CONTENT_TYPE)
    .send(JSON.stringify({ type: `urn:gazetteer:problem:${code}`, title, status, detail, code, ...extra }));
}

/** Parses a part of a request. @throws {ProblemError} that explains each malformed field */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw badInput(parsed.error, what);
}

function badInput(error: ZodError, what: string): ProblemError {
  const fields = error.issues
    .slice(0, 10)
    .map(({ path, message }) => ({ field: path.join('.') || what, message }));
  const words = fields.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new ProblemError('bad_request', `${what} is malformed. ${words}.`, { fields });
}

export const noSuchRoute: RequestHandler = (req, res) =>
  sendProblem(
    res,
    'not_found',
    `There is no ${req.method} ${req.path}. The demo's README lists every route.`,
  );

/** The last error handler, after that of Rowlock. Clients get a sentence, and the log gets the stack. */
export const problems: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) return next(error);
  if (error instanceof ProblemError) return sendProblem(res, error.code, error.message, error.extra);
  if (error instanceof ZodError) {
    const { code, message, extra } = badInput(error, 'The request');
    return sendProblem(res, code, message, extra);
  }
  console.error(`${req.method} ${req.path} failed:`, error);
  sendProblem(
    res,
    'internal',
    'The server failed and logged the error. Check whether your change was saved, then try again.',
  );
};

export const BODY_LIMIT = '256kb';
