/**
 * Decides what a screen reader says, and when: at most one announcement in 5 s for the whole page (P17), however many components
 * have something to say.
 */
import type { ClientClock } from '../core/clock.ts';
import { elapsedMs, getMoment, type Moment } from '../core/moment.ts';

export interface AnnounceOptions {
  /**
   * The subject of the text, such as a task. A newer text on the same subject replaces one that has not been said yet. Default: the
   * text itself
   */
  key?: string;
}

/** Asks for a text to be read aloud, politely: after the sentence that is being read. */
export type Announce = (text: string, options?: AnnounceOptions) => void;

export interface AnnouncementQueueOptions {
  clock: ClientClock;
  speak: (text: string) => void;
}

const EVERY_MS = 5_000;
/** Changes that come together are said together. */
const SETTLE_MS = 100;
/** More sentences at once cannot be remembered. */
const SENTENCES_AT_ONCE = 3;
/** Older texts are dropped: nobody wants to hear a minute of news. */
const MAX_PENDING = 12;

export class AnnouncementQueue {
  readonly #options: AnnouncementQueueOptions;
  readonly #pending = new Map<string, string>();
  #spokeAt: Moment | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(options: AnnouncementQueueOptions) {
    this.#options = options;
  }

  readonly announce: Announce = (text, { key = text } = {}) => {
    if (text === '') return;
    this.#pending.set(key, text);
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined && this.#pending.size > MAX_PENDING) this.#pending.delete(oldest);
    this.#schedule();
  };

  #schedule(): void {
    if (this.#cancelTimer) return;
    const { clock } = this.#options;
    const restMs = this.#spokeAt ? EVERY_MS - elapsedMs(this.#spokeAt, clock) : 0;
    this.#cancelTimer = clock.after(Math.max(SETTLE_MS, restMs), () => {
      this.#cancelTimer = undefined;
      this.#speak();
    });
  }

  #speak(): void {
    const { clock, speak } = this.#options;
    const next = [...this.#pending].slice(0, SENTENCES_AT_ONCE);
    for (const [key] of next) this.#pending.delete(key);
    this.#spokeAt = getMoment(clock);
    speak(next.map(([, text]) => (next.length > 1 ? asSentence(text) : text)).join(' '));
    if (this.#pending.size > 0) this.#schedule();
  }
}

const asSentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
