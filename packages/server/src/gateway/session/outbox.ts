/**
 * When a session is sent what is pending: at the end of the turn, so that a batch of the change log is one message.
 * A slow socket is sent nothing until it has drained. While `authorize` is asked about a task, the message waits for the
 * answer, so that the end of the task and its freed rows are in one message.
 */
import type { Clock } from '../../clock.ts';
import { engineOf, isSlow } from '../connections/connectionBounds.ts';
import type { RowlockSocket } from '../connections/rowlockSocket.ts';
import { atEndOfTurn } from './endOfTurn.ts';

/** Progress alone is sent at most this often, and at once after a pause. A change of locks, or of a task's state, does not wait. */
const PROGRESS_INTERVAL_MS = 200;
/** How long a message waits for `authorize`. */
const HOLD_MS = 500;

export interface OutboxParts {
  socket: RowlockSocket;
  clock: Clock;
  /** Answers of `authorize` that the next message waits for */
  answers: { readonly isHolding: boolean; holdNoLonger(): void };
  /** Sends everything that is pending now */
  send(): void;
}

export class Outbox {
  readonly #parts: OutboxParts;
  #waitsFor: 'turn' | 'drain' | 'answers' | 'resumption' | undefined;
  #isSuspended = false;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #cancelProgressTimer: (() => void) | undefined;
  #cancelHold: (() => void) | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  sendSoon(): void {
    if (this.#waitsFor) return;
    this.#waitsFor = 'turn';
    atEndOfTurn(() => this.#attempt());
  }

  /** For progress: the first after a pause goes out soon, and later ones wait for more of it. */
  sendProgress(): void {
    const waitMs = this.#sentAtMs + PROGRESS_INTERVAL_MS - this.#parts.clock.nowMs();
    if (waitMs <= 0) {
      this.sendSoon();
      return;
    }
    this.#cancelProgressTimer ??= this.#parts.clock.after(waitMs, () => {
      this.#cancelProgressTimer = undefined;
      this.sendSoon();
    });
  }

  /** The message that waits for answers goes out, with those that have come. */
  endHold(): void {
    if (this.#waitsFor !== 'answers') return;
    this.#cancelHold?.();
    this.#parts.answers.holdNoLonger();
    this.#attempt();
  }

  /** Nothing is sent until `resume`. */
  suspend(): void {
    this.#isSuspended = true;
  }

  resume(): void {
    this.#isSuspended = false;
    if (this.#waitsFor === 'resumption') this.#attempt();
  }

  close(): void {
    this.#cancelHold?.();
    this.#cancelProgressTimer?.();
  }

  #attempt(): void {
    const { socket, clock, answers, send } = this.#parts;
    this.#waitsFor = undefined;
    if (!socket.connected) return;
    if (this.#isSuspended) {
      this.#waitsFor = 'resumption';
      return;
    }
    if (isSlow(engineOf(socket))) {
      this.#waitsFor = 'drain';
      socket.conn.once('drain', () => this.#attempt());
      return;
    }
    if (answers.isHolding) {
      this.#waitsFor = 'answers';
      this.#cancelHold = clock.after(HOLD_MS, () => this.endHold());
      return;
    }
    this.#cancelProgressTimer?.();
    this.#cancelProgressTimer = undefined;
    this.#sentAtMs = clock.nowMs();
    send();
  }
}
