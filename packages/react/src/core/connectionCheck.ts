/** Asks the server again and again whether the connection still works, and reports when it does not. */
import type { Ack } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import { elapsedMs, getMoment, type Moment } from './moment.ts';
import { ANSWER_LIMIT_MS, adjustAnswerLimit, extendAnswerLimit, judgeSilence } from './silence.ts';
import type { Transport } from './transport.ts';

export interface ConnectionCheckOptions {
  transport: Pick<Transport, 'request'>;
  clock: ClientClock;
  /** Whether this tab holds a lease */
  isHolding: () => boolean;
  /** A question was sent. Its answer says when the server last renewed each lease of this tab */
  onAsked: (answer: Promise<Ack<'confirm'>>, askedAt: Moment) => void;
  /** The server is silent, so the connection counts as lost */
  onLost: () => void;
}

/** Several reasons to ask often come together: a tab that becomes visible also gets the focus. */
const ASK_AGAIN_AFTER_MS = 1_000;

export class ConnectionCheck {
  readonly #options: ConnectionCheckOptions;
  #isConnected = false;
  #heardAt: Moment;
  #askedAt: Moment;
  #lookedAt: Moment;
  /** The first request after which nothing was heard */
  #sentAt: Moment | undefined;
  /** Nothing was heard since the last question */
  #isUnanswered = false;
  #answerLimitMs = ANSWER_LIMIT_MS;
  /** As at the last look */
  #isHolding = false;
  #cancelLook = () => {};

  constructor(options: ConnectionCheckOptions) {
    this.#options = options;
    this.#heardAt = this.#askedAt = this.#lookedAt = this.#now();
  }

  /** A connection has begun. */
  begin(): void {
    this.#isConnected = true;
    this.#askedAt = this.#now();
    this.noteHeard();
    this.#look();
  }

  /** The connection is lost. */
  end(): void {
    this.#isConnected = false;
    this.#cancelLook();
  }

  /** The server has sent something, whatever it was. */
  noteHeard(): void {
    this.#heardAt = this.#now();
    this.#isUnanswered = false;
    this.#sentAt = undefined;
  }

  /** A request was sent. */
  noteSent(): void {
    if (!this.#isConnected || this.#sentAt) return;
    this.#sentAt = this.#now();
    this.#look();
  }

  /** This tab has acquired or resumed a lease. */
  noteHeld(): void {
    if (!this.#isConnected || this.#isHolding) return;
    // The answer has just confirmed the lease.
    this.#askedAt = this.#now();
    this.#look();
  }

  /** Something suggests that the connection may be lost. Asks at once. */
  ask(): void {
    if (this.#isConnected && this.#elapsedMs(this.#askedAt) >= ASK_AGAIN_AFTER_MS) this.#ask();
  }

  #ask(): void {
    const askedAt = this.#now();
    this.#askedAt = this.#lookedAt = askedAt;
    this.#isUnanswered = true;
    const onAnswer = () => {
      if (!this.#isConnected) return;
      this.#answerLimitMs = adjustAnswerLimit(this.#answerLimitMs, this.#elapsedMs(askedAt));
      this.noteHeard();
    };
    this.#options.onAsked(this.#options.transport.request('confirm', {}, onAnswer), askedAt);
    this.#look();
  }

  #look(): void {
    this.#cancelLook();
    this.#isHolding = this.#options.isHolding();
    const result = judgeSilence({
      isHolding: this.#isHolding,
      sinceHeardMs: this.#elapsedMs(this.#heardAt),
      sinceAskedMs: this.#elapsedMs(this.#askedAt),
      sinceSentMs: this.#sentAt && this.#elapsedMs(this.#sentAt),
      sinceLookMs: this.#elapsedMs(this.#lookedAt),
      isUnanswered: this.#isUnanswered,
      answerLimitMs: this.#answerLimitMs,
    });
    this.#lookedAt = this.#now();
    if (result.kind === 'ask') this.#ask();
    else if (result.kind === 'lost') this.#lose();
    else this.#cancelLook = this.#options.clock.after(result.forMs, () => this.#look());
  }

  #lose(): void {
    this.#answerLimitMs = extendAnswerLimit(this.#answerLimitMs);
    this.#options.onLost();
  }

  #now(): Moment {
    return getMoment(this.#options.clock);
  }

  #elapsedMs(since: Moment): number {
    return elapsedMs(since, this.#options.clock);
  }
}
