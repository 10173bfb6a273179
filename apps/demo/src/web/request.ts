/** Sends every request to the API: with the tab's token, JSON both ways, and problems as errors. */
import { currentSession, setSession } from './session.ts';

/** RFC 9457, of Rowlock or of the gazetteer. */
interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code?: string;
}

class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
    this.name = 'ApiError';
  }
}

/** The request got no answer. */
export class OfflineError extends Error {
  constructor(cause: unknown) {
    super(
      'The gazetteer cannot be reached. Nothing was changed; your work is kept here. Try again in a moment.',
      {
        cause,
      },
    );
    this.name = 'OfflineError';
  }
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** @throws {ApiError} with the server's problem, or {OfflineError} */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  return (await response.json()) as Answer;
}

/** @throws {ApiError} with the server's problem, or {OfflineError} */
export async function send(path: string, options: RequestOptions): Promise<Response> {
  const response = await fetchApi(path, options);
  if (response.ok) return response;
  throw new ApiError(await problemOf(response));
}

/** Any answer of the API, also a refusal. @throws {OfflineError} */
export async function fetchApi(
  path: string,
  { method = 'GET', body, headers, signal }: RequestOptions,
): Promise<Response> {
  const session = currentSession();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(session && { Authorization: `Bearer ${session.token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new OfflineError(error);
  }
  // The token has expired: shows the sign-in page, and keeps the address.
  if (response.status === 401 && session && currentSession() === session) setSession(undefined);
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: 'about:blank',
    title: response.statusText || 'Error',
    status: response.status,
    detail: `The server answered ${response.status}. Try again in a moment.`,
  };
  try {
    return { ...fallback, ...((await response.json()) as Problem) };
  } catch {
    return fallback;
  }
}
