/** Reads the answer of a refused request, from whichever HTTP client sent it, as a problem body (RFC 9457). */
import { ERRORS, type ErrorCode, isProblem, type ProblemBody } from '@rowlock/protocol';
import { findAnswer } from './findAnswer.ts';

/** A refused request. Of Rowlock's routes and guards: their problem body. Of other routes: made of their status and body */
export interface HttpProblem extends ProblemBody {
  /** The body as it was sent: parsed JSON, text, or undefined if it was empty */
  body: unknown;
}

/**
 * The problem in a `Response`, or in an error of a client such as axios, ky, ofetch or superagent. An error of your own is read by
 * its fields `response`, `problem`, `status` and `body`, or `cause`. A body that can be read only once is copied first.
 *
 * Undefined if there is no answer in it: the network failed, or the request was never sent.
 */
export async function readProblem(failure: unknown): Promise<HttpProblem | undefined> {
  const answer = findAnswer(failure);
  if (!answer) return undefined;
  const { status, statusText, message } = answer;
  const body = await answer.readBody();
  const fields = typeof body === 'object' && body !== null ? (body as Partial<ProblemBody>) : {};
  if (isProblem(body)) return { ...body, body };
  const code = toErrorCode(status);
  const detail =
    toText(fields.detail) ??
    toText(fields.message) ??
    message ??
    `The server answered ${status} ${statusText}`.trim();
  return {
    type: toText(fields.type) ?? 'about:blank',
    title: toText(fields.title) ?? ERRORS[code].title,
    ...{ status, detail, message: detail, code, body },
  };
}

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** The code of an answer that names none of ours: the first one with that status. */
function toErrorCode(status: number): ErrorCode {
  // A conflict without holders, or a failed precondition, is a refusal of the application.
  if (status === 413) return 'too_large';
  const code = status === 409 ? undefined : CODES.find((each) => ERRORS[each].status === status);
  return code ?? (status >= 500 ? 'internal' : 'bad_request');
}

const toText = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;
