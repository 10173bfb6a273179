/**
 * Reports to the server that somebody is active in this tab, while it holds a lease: they type, point or scroll. Knows by the
 * server whether the leases are about to end because nobody is.
 */
import type { Idle, IdleRule } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import { elapsedMs, getMoment, type Moment } from './moment.ts';
import type { Transport } from './transport.ts';

/** A warning of the server: this tab's leases end then, unless somebody is active. */
export interface IdleWarning {
  /** Unix time in ms by the server's clock: compare it with `client.connection.serverNow()` */
  endsAt: number;
}

export interface IdlenessOptions {
  transport: Pick<Transport, 'request'>;
  clock: ClientClock;
  /** This tab holds a lease, as far as it knows, or waits for one: also while the connection is lost */
  hasLeases: () => boolean;
  /** The same, and the server has confirmed it on the present connection */
  isHolding: () => boolean;
}

const REPORT_EVERY_MS = 30_000;
const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'scroll', 'touchstart'] as const;

export class Idleness {
  readonly #options: IdlenessOptions;
  readonly #listeners = new Set<() => void>();
  #rule: IdleRule | undefined;
  #warning: IdleWarning | undefined;
  #activeAt: Moment;
  #reportedAt: Moment | undefined;
  #stopListening: (() => void) | undefined;

  constructor(options: IdlenessOptions) {
    this.#options = options;
    this.#activeAt = getMoment(options.clock);
  }

  get warning(): IdleWarning | undefined {
    return this.#warning;
  }

  /** How long nobody has been active, in whole ms. */
  get idleMs(): number {
    return this.#rule ? Math.max(0, Math.floor(elapsedMs(this.#activeAt, this.#options.clock))) : 0;
  }

  /** Nobody has been active for so long that the server would have ended the leases. */
  get isOverdue(): boolean {
    return this.#rule !== undefined && this.idleMs >= this.#rule.releaseMs;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A connection has begun. */
  begin(rule: IdleRule | undefined): void {
    this.#rule = rule;
    this.#reportedAt = undefined;
    this.update();
  }

  /** The connection is lost. The server warns again on the next one. */
  abandon(): void {
    this.#warn(undefined);
  }

  /** The set of this tab's leases may have changed: listens to the page only while it holds one, or waits for one. */
  update(): void {
    const isWanted = this.#rule !== undefined && this.#options.hasLeases();
    if (isWanted && !this.#stopListening) {
      // To acquire was an activity, or a reload was.
      this.#stopListening = listenToPage(() => this.noteActivity());
    } else if (!isWanted) {
      this.#stopListening?.();
      this.#stopListening = undefined;
      // There is nothing left that could end.
      this.#warn(undefined);
    }
  }

  noteAcquired(): void {
    this.#activeAt = getMoment(this.#options.clock);
  }

  /** Somebody is active. The server learns it at most every 30 s, or at once after a warning. */
  noteActivity(): void {
    const { clock, isHolding, transport } = this.#options;
    this.#activeAt = getMoment(clock);
    if (!this.#rule || !isHolding()) return;
    const everyMs = Math.min(REPORT_EVERY_MS, this.#rule.warnMs / 2);
    const isDue = !this.#reportedAt || elapsedMs(this.#reportedAt, clock) >= everyMs;
    if (!isDue && !this.#warning) return;
    this.#reportedAt = getMoment(clock);
    this.#warn(undefined);
    void transport.request('activity', {});
  }

  /** The server warns, or cancels its warning. */
  receive({ endsAt }: Idle): void {
    this.#warn(endsAt === null ? undefined : { endsAt });
  }

  #warn(warning: IdleWarning | undefined): void {
    if (warning?.endsAt === this.#warning?.endsAt) return;
    this.#warning = warning;
    for (const listener of [...this.#listeners]) listener();
  }
}

function listenToPage(onSign: () => void): () => void {
  if (typeof document === 'undefined') return () => {};
  const listening = new AbortController();
  for (const sign of SIGNS) {
    document.addEventListener(sign, onSign, { capture: true, passive: true, signal: listening.signal });
  }
  return () => listening.abort();
}
