/** The routes of the kit as a Web handler: `Request → Response`. */
import type { AnswerRequest } from '../routes/answerRequest.ts';
import { routeRequestOf } from './webRequest.ts';
import { responseOf } from './webResponse.ts';

export interface FetchHandlerOptions {
  /** The path at which the routes are mounted. Default `/rowlock` */
  basePath?: `/${string}`;
}

export type FetchHandler = (request: Request) => Promise<Response>;

/** It answers every request: one outside of `basePath` with 404. */
export function createFetchHandler(
  answer: AnswerRequest,
  { basePath = '/rowlock' }: FetchHandlerOptions = {},
): FetchHandler {
  const mountedAt = basePath.replace(/\/$/, '');
  return async (request) => {
    const answered = await answer(routeRequestOf(request, mountedAt));
    return responseOf(request.method === 'HEAD' ? { ...answered, body: undefined } : answered);
  };
}
