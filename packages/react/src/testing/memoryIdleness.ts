/** The idleness of tabs in the server in memory: it warns tabs that hold leases, and ends these leases. */
import type { IdleRule, LeaseId } from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { MemoryTab } from './memoryTab.ts';

export class MemoryIdleness {
  readonly #rule: IdleRule | undefined;
  readonly #clock: ClientClock;
  readonly #leasesOf: (tab: MemoryTab) => LeaseId[];
  readonly #end: (leaseId: LeaseId) => void;
  readonly #timers = new Map<MemoryTab, { isWarned: boolean; cancel: () => void }>();

  constructor(options: {
    rule: IdleRule | undefined;
    clock: ClientClock;
    leasesOf: (tab: MemoryTab) => LeaseId[];
    end: (leaseId: LeaseId) => void;
  }) {
    this.#rule = options.rule;
    this.#clock = options.clock;
    this.#leasesOf = options.leasesOf;
    this.#end = options.end;
  }

  /** Somebody was active in the tab so many ms ago. */
  noteActivity(tab: MemoryTab, idleMs = 0): void {
    if (!this.#rule) return;
    const before = this.#timers.get(tab);
    before?.cancel();
    if (before?.isWarned) tab.emit({ type: 'idle', payload: { endsAt: null } });
    this.#wait(tab, false, Math.max(0, this.#rule.warnMs - idleMs), this.#rule);
  }

  /** The tab is gone. */
  forget(tab: MemoryTab): void {
    this.#timers.get(tab)?.cancel();
    this.#timers.delete(tab);
  }

  #wait(tab: MemoryTab, isWarned: boolean, forMs: number, rule: IdleRule): void {
    const cancel = this.#clock.after(forMs, () => {
      const leases = this.#leasesOf(tab);
      if (isWarned || leases.length === 0) {
        this.#timers.delete(tab);
        for (const leaseId of leases) this.#end(leaseId);
        return;
      }
      const leftMs = rule.releaseMs - rule.warnMs;
      tab.emit({ type: 'idle', payload: { endsAt: this.#clock.now() + leftMs } });
      this.#wait(tab, true, leftMs, rule);
    });
    this.#timers.set(tab, { isWarned, cancel });
  }
}
