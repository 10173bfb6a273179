/** `guard` for Web handlers: wraps a handler `Request → Response`. */
import { VERSION_HEADER } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { assertDurationSetting } from '../../durations.ts';
import { RowlockError } from '../../errors.ts';
import type { GuardedWrites } from '../guard/guardedWrites.ts';
import { type GuardedWrite, KEEP_AFTER_CLOSE_MS, type WriteOptions } from '../guard/guardOptions.ts';
import { type ProblemDeps, problemFor } from '../problems.ts';
import { httpRequestOf } from './webRequest.ts';
import { responseOf } from './webResponse.ts';

/** The status that servers log if the client has left. Nobody receives it. */
const CLIENT_LEFT = 499;

/** `Context`: the second argument that the framework gives to a handler, such as the `{ params }` of Next. */
export interface GuardRequestOptions<Context = void>
  extends WriteOptions<readonly [request: Request, context: Context]> {}

export type GuardedHandler<Context = void> = (
  request: Request,
  write: GuardedWrite,
  context: Context,
) => Response | Promise<Response>;

/**
 * Refuses a write to records that somebody else holds, and locks them until the handler has returned or thrown. A handler
 * whose client has left continues: its `signal` aborts, and after `keepAfterCloseMs` the records are unlocked. A refusal is
 * answered as problem+json. Every other error of the handler is thrown. A response with a status below 400 means that the
 * handler has written: it gets the version of that change.
 */
export type GuardRequest = <Context = void>(
  options: GuardRequestOptions<Context>,
  handler: GuardedHandler<Context>,
) => (request: Request, context: Context) => Promise<Response>;

interface GuardRequestDeps extends ProblemDeps {
  writes: GuardedWrites;
  clock: Clock;
}

export function createGuardRequest(deps: GuardRequestDeps): GuardRequest {
  return (options, handler) => {
    assertDurationSetting('keepAfterCloseMs', options.keepAfterCloseMs);
    return async (request, context) => {
      try {
        return await runGuarded(deps, { options, handler, request, context });
      } catch (error) {
        if (!(error instanceof RowlockError)) throw error;
        return responseOf(await problemFor(deps, error, httpRequestOf(request).credentials));
      }
    };
  };
}

async function runGuarded<Context>(
  { writes, clock }: GuardRequestDeps,
  {
    options,
    handler,
    request,
    context,
  }: {
    options: GuardRequestOptions<Context>;
    handler: GuardedHandler<Context>;
    request: Request;
    context: Context;
  },
): Promise<Response> {
  const { keepAfterCloseMs = KEEP_AFTER_CLOSE_MS } = options;
  const begun = await writes.begin(httpRequestOf(request), [request, context], options);
  const { signal } = request;
  if (signal.aborted) {
    begun.end('ended');
    return new Response(null, { status: CLIENT_LEFT });
  }
  let isOver = false;
  let cancelLimit = () => {};
  const end = (how: 'ended' | 'at limit') => {
    if (isOver) return;
    isOver = true;
    signal.removeEventListener('abort', onClientGone);
    cancelLimit();
    begun.end(how);
  };
  function onClientGone(): void {
    begun.abort();
    cancelLimit = clock.after(keepAfterCloseMs, () => end('at limit'));
  }
  signal.addEventListener('abort', onClientGone, { once: true });
  try {
    const response = await begun.run(() => handler(request, begun.write, context));
    return response.status < 400 ? withVersion(response, await begun.noteChange()) : response;
  } finally {
    end('ended');
  }
}

/** A new response, because the headers of some responses cannot be changed. */
function withVersion(response: Response, version: number | undefined): Response {
  if (version === undefined) return response;
  const versioned = new Response(response.body, response);
  versioned.headers.set(VERSION_HEADER, String(version));
  return versioned;
}
