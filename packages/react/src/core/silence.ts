/**
 * Decides when to ask the server whether the connection still works, and when silence means that it is lost. Pure.
 *
 * A cut network or a half-open socket reports nothing. So the client asks a question that the server answers at once
 * (`confirm`). The connection is lost if nothing at all was heard since then, neither the answer nor any other message.
 *
 * Only looks that come on time count. If the page was busy, its timers throttled or the computer asleep, the answer may lie
 * unread or the question may never have left. The client then asks again.
 */

/** A tab that holds a lease asks this often. A tab whose request has no answer asks after this time, too. */
const ALERT_INTERVAL_MS = 3_000;
/** A tab that only watches asks after this time without a message. The server's own pings come every 25 s. */
const QUIET_INTERVAL_MS = 20_000;
/** With `ALERT_INTERVAL_MS`, and the 300 ms before a loss is shown, it is 5.3 s. */
export const ANSWER_LIMIT_MS = 2_000;
const LONGEST_ANSWER_LIMIT_MS = 8_000;
/** How often the client looks for the answer */
const LOOK_INTERVAL_MS = 500;
/** A later look is not on time. Browsers run timers of hidden pages once a second, and after 5 minutes once a minute */
const LATEST_LOOK_MS = 1_250;

/** The facts of a look. */
export interface Look {
  isHolding: boolean;
  /** The time since the first request after which nothing was heard. Undefined without such a request */
  sinceSentMs: number | undefined;
  /** The time since the last message of the server */
  sinceHeardMs: number;
  /** The time since the last question, or since the connection began */
  sinceAskedMs: number;
  /** The time since the look before */
  sinceLookMs: number;
  /** Nothing was heard since the last question */
  isUnanswered: boolean;
  answerLimitMs: number;
}

export type LookResult = { kind: 'wait'; forMs: number } | { kind: 'ask' } | { kind: 'lost' };

export function judgeSilence(look: Look): LookResult {
  if (look.isUnanswered) return judgeQuestion(look);
  const dueInMs = Math.min(
    look.isHolding ? ALERT_INTERVAL_MS - look.sinceAskedMs : Number.POSITIVE_INFINITY,
    look.sinceSentMs === undefined ? Number.POSITIVE_INFINITY : ALERT_INTERVAL_MS - look.sinceSentMs,
    QUIET_INTERVAL_MS - Math.min(look.sinceHeardMs, look.sinceAskedMs),
  );
  return dueInMs > 0 ? { kind: 'wait', forMs: dueInMs } : { kind: 'ask' };
}

function judgeQuestion({ sinceAskedMs, sinceLookMs, answerLimitMs }: Look): LookResult {
  if (sinceLookMs > LATEST_LOOK_MS) return { kind: 'ask' };
  const leftMs = answerLimitMs - sinceAskedMs;
  return leftMs > 0 ? { kind: 'wait', forMs: Math.min(leftMs, LOOK_INTERVAL_MS) } : { kind: 'lost' };
}

/** After a loss the next connection gets twice the time, so that a slow network does not lose each connection. */
export const extendAnswerLimit = (limitMs: number): number => Math.min(limitMs * 2, LONGEST_ANSWER_LIMIT_MS);

/** A question was answered. If that took no longer than usual, the network is no longer slow. */
export const adjustAnswerLimit = (limitMs: number, answeredAfterMs: number): number =>
  answeredAfterMs < ANSWER_LIMIT_MS ? ANSWER_LIMIT_MS : limitMs;
