/** `guard` for Express: as middleware, or as a wrapper that also awaits the handler. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Clock } from '../../clock.ts';
import { assertDurationSetting } from '../../durations.ts';
import type { GuardedWrites } from '../guard/guardedWrites.ts';
import { type GuardedWrite, KEEP_AFTER_CLOSE_MS, type WriteOptions } from '../guard/guardOptions.ts';
import { httpRequestOf } from './expressRequest.ts';
import { watchHandler } from './handlerEnd.ts';

export interface GuardOptions extends WriteOptions<readonly [request: Request]> {}

/**
 * `guard(options)` is middleware: the records are unlocked when the response has ended. If the client left before, they
 * are unlocked when the handler ends the response all the same (`response.json()` and the like), at the latest after
 * `keepAfterCloseMs`.
 *
 * `guard(options, handler)` also awaits an async handler: the records are unlocked when the response is closed *and*
 * the handler's promise has settled. Prefer it: it needs no help from the handler, which may answer early and
 * continue.
 */
export type Guard = (options: GuardOptions, handler?: RequestHandler) => RequestHandler;

export function createGuard({ writes, clock }: { writes: GuardedWrites; clock: Clock }): Guard {
  return (options, handler) => {
    const { keepAfterCloseMs = KEEP_AFTER_CLOSE_MS } = options;
    assertDurationSetting('keepAfterCloseMs', keepAfterCloseMs);
    return async (request, response, next) => {
      const begun = await writes.begin(httpRequestOf(request), [request], options);
      // The client left during acquire: 'close' is not emitted again.
      if (response.closed) return begun.end('ended');
      const noteRunning = watchHandler({
        response,
        clock,
        limitMs: keepAfterCloseMs,
        onClientGone: begun.abort,
        onWritten: begun.noteChange,
        onEnd: begun.end,
      });
      response.locals.rowlock = begun.write satisfies GuardedWrite;
      return begun.run(() => (handler ? run(handler, [request, response, next], noteRunning) : next()));
    };
  };
}

/** Without a promise, the handler's end is found as for the middleware. */
function run(
  handler: RequestHandler,
  args: [Request, Response, NextFunction],
  noteRunning: (running: Promise<unknown>) => void,
): unknown {
  const running: unknown = handler(...args);
  if (running instanceof Promise) noteRunning(running);
  return running;
}
