/**
 * Finds out when the handler of a guarded request has ended, whether it has written, and whether its client left before.
 *
 * Express does not report the end of a handler. A handler that answers has ended when its response is closed. A
 * handler whose client left continues unseen until it calls `response.end()`, in any of its forms (`json`, `send`, an
 * error handler). If its promise is known, the promise decides instead.
 *
 * A handler has written if it answers with a status below 400. Without an answer, because the client has left, it has
 * written if its promise resolves.
 */
import type { Response } from 'express';
import type { Clock } from '../../clock.ts';
import { type AnswerEnd, catchAnswerEnd } from './answerEnd.ts';

export interface HandlerWatch {
  response: Response;
  clock: Clock;
  /** How long a handler may continue after its response was closed, in ms */
  limitMs: number;
  /** The client left before the handler answered. Called at most once, before `onEnd` */
  onClientGone(): void;
  /**
   * The handler has written. The end of the answer waits for it, and carries the version that it resolves to. Called
   * before `onEnd`, and once more for a handler that continues after its answer
   */
  onWritten(): Promise<number | undefined>;
  /** Called once: the handler has ended, or has reached its limit */
  onEnd(how: 'ended' | 'at limit'): void;
}

/** Begins to watch. Call the returned function with the handler's promise as soon as it is known. */
export function watchHandler({
  response,
  clock,
  limitMs,
  onClientGone,
  onWritten,
  onEnd,
}: HandlerWatch): (running: Promise<unknown>) => void {
  let isRunning: boolean | undefined;
  let hasResolved = false;
  /** How the answer ended, if it did. `noted`: a change was stored for it */
  let answer: AnswerEnd | 'noted' | undefined;
  let isOver = false;
  let cancelLimit = () => {};

  const end = (how: 'ended' | 'at limit') => {
    if (isOver) return;
    isOver = true;
    cancelLimit();
    // Its client has left, and nobody saw an answer. A handler that has not ended yet notes its change when it does.
    if (answer === undefined && hasResolved) void onWritten();
    onEnd(how);
  };

  catchAnswerEnd(response, (how) => {
    answer = how;
    const noted = how === 'succeeded' ? onWritten() : undefined;
    void noted?.then(() => {
      answer = 'noted';
    });
    // After the note was begun: the records stay locked until it is stored.
    if (response.closed && isRunning === undefined) end('ended');
    return noted;
  });

  // 'close' comes after 'finish', and also if the client leaves before the answer.
  response.once('close', () => {
    const hasAnswered = answer !== undefined;
    if (!hasAnswered) onClientGone();
    if (isRunning === false || (isRunning === undefined && hasAnswered)) return end('ended');
    cancelLimit = clock.after(limitMs, () => end('at limit'));
  });

  return (running) => {
    isRunning = true;
    const settled = () => {
      isRunning = false;
      // It has continued after its answer, and may have written more.
      if (answer === 'noted') void onWritten();
      if (response.closed) end('ended');
    };
    const resolved = () => {
      hasResolved = true;
      settled();
    };
    running.then(resolved, settled);
  };
}
