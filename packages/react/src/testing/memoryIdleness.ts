/** The idleness of tabs in the server in memory: it warns tabs that hold leases or wait for them, and ends these leases. */
import type { IdleRule, LeaseId } from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { MemoryLedger } from './memoryLedger.ts';
import type { MemoryTab } from './memoryTab.ts';

export interface MemoryIdlenessOptions {
  /** Undefined: no lease ends because nobody is active */
  rule: IdleRule | undefined;
  clock: ClientClock;
  ledger: MemoryLedger;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
  end: (leaseId: LeaseId) => void;
}

/** `atMs`: the latest activity, by the monotonic clock */
interface Activity {
  atMs: number;
  isWarned: boolean;
  cancelTimer: () => void;
}

export class MemoryIdleness {
  readonly #options: MemoryIdlenessOptions;
  /** Of each tab that has a lease */
  readonly #activities = new Map<MemoryTab, Activity>();

  constructor(options: MemoryIdlenessOptions) {
    this.#options = options;
  }

  /** Somebody was active in the tab so many ms ago. An earlier moment than a known one changes nothing. */
  noteActivity(tab: MemoryTab, idleMs = 0): void {
    const { rule, clock, ledger } = this.#options;
    if (!rule || ledger.leasesOfTab(tab).length === 0) return;
    const atMs = clock.monotonicMs() - idleMs;
    const known = this.#activities.get(tab);
    if (known && (atMs <= known.atMs || (known.isWarned && idleMs >= rule.warnMs))) return;
    this.#stop(tab);
    this.#wait(tab, atMs, Math.max(0, rule.warnMs - idleMs), rule);
  }

  /** The tab has another lease, or one less. */
  noteLeases(tab: MemoryTab): void {
    if (this.#options.ledger.leasesOfTab(tab).length === 0) this.#stop(tab);
    else if (!this.#activities.has(tab)) this.noteActivity(tab);
  }

  /** The tab is gone. */
  forget(tab: MemoryTab): void {
    this.#activities.get(tab)?.cancelTimer();
    this.#activities.delete(tab);
  }

  #stop(tab: MemoryTab): void {
    const isWarned = this.#activities.get(tab)?.isWarned;
    this.forget(tab);
    if (isWarned) this.#options.later(() => tab.emit({ type: 'idle', payload: { endsAt: null } }));
  }

  #wait(tab: MemoryTab, atMs: number, forMs: number, rule: IdleRule): void {
    const cancelTimer = this.#options.clock.after(forMs, () => this.#warn(tab, atMs, rule));
    this.#activities.set(tab, { atMs, isWarned: false, cancelTimer });
  }

  #warn(tab: MemoryTab, atMs: number, { releaseMs, warnMs }: IdleRule): void {
    const { clock, later } = this.#options;
    const leftMs = releaseMs - warnMs;
    const endsAt = clock.now() + leftMs;
    later(() => tab.emit({ type: 'idle', payload: { endsAt } }));
    const cancelTimer = clock.after(leftMs, () => this.#end(tab));
    this.#activities.set(tab, { atMs, isWarned: true, cancelTimer });
  }

  #end(tab: MemoryTab): void {
    const { ledger, end } = this.#options;
    this.forget(tab);
    for (const { view } of ledger.leasesOfTab(tab)) end(view.id);
  }
}
