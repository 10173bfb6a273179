/**
 * Finds out when the handler of a guarded request has ended, and whether its client left before.
 *
 * Express does not report the end of a handler. A handler that answers has ended when its response is closed. A
 * handler whose client left continues unseen until it calls `response.end()`, in any of its forms (`json`, `send`, an
 * error handler). If its promise is known, the promise decides instead.
 */
import type { Response } from 'express';
import type { Clock } from '../../clock.ts';

export interface HandlerWatch {
  response: Response;
  clock: Clock;
  /** How long a handler may continue after its response was closed, in ms */
  limitMs: number;
  /** The client left before the handler answered. Called at most once, before `onEnd` */
  onClientGone(): void;
  /** Called once: the handler has ended, or has reached its limit */
  onEnd(how: 'ended' | 'at limit'): void;
}

/** Begins to watch. Call the returned function with the handler's promise as soon as it is known. */
export function watchHandler({
  response,
  clock,
  limitMs,
  onClientGone,
  onEnd,
}: HandlerWatch): (running: Promise<unknown>) => void {
  let isRunning: boolean | undefined;
  let isOver = false;
  let cancelLimit = () => {};

  const end = (how: 'ended' | 'at limit') => {
    if (isOver) return;
    isOver = true;
    cancelLimit();
    onEnd(how);
  };

  // 'close' comes after 'finish', and also if the client leaves before the answer.
  response.once('close', () => {
    const hasAnswered = response.writableEnded;
    if (!hasAnswered) onClientGone();
    if (isRunning === false || (isRunning === undefined && hasAnswered)) return end('ended');
    cancelLimit = clock.after(limitMs, () => end('at limit'));
    if (isRunning === undefined) afterNextEnd(response, () => end('ended'));
  });

  return (running) => {
    isRunning = true;
    const settled = () => {
      isRunning = false;
      if (response.closed) end('ended');
    };
    running.then(settled, settled);
  };
}

/** No event is emitted when a response ends after its client has left. */
function afterNextEnd(response: Response, done: () => void): void {
  const { end } = response;
  response.end = ((...args: Parameters<typeof end>) => {
    response.end = end;
    done();
    return end.apply(response, args);
  }) as typeof end;
}
