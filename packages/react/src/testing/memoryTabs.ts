/** The tabs that are connected to the server in memory, and everything that it sends them by itself. */
import {
  concernsTask,
  type LeaseId,
  type RecordChange,
  type RecordKey,
  resourceOf,
  type StateBefore,
} from '@rowlock/protocol';
import type { TransportEvent } from '../core/transport.ts';
import { covers, type MemoryLease } from './memoryLease.ts';
import type { MemoryLedger } from './memoryLedger.ts';
import type { MemoryTab } from './memoryTab.ts';
import type { MemoryViews } from './memoryViews.ts';

export interface MemoryTabsOptions {
  ledger: MemoryLedger;
  views: MemoryViews;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
  /** Runs something after the disconnect grace. */
  startGrace: (run: () => void) => void;
  /** Ends the lease of a tab that has not returned. */
  end: (leaseId: LeaseId) => void;
}

export class MemoryTabs {
  readonly #ledger: MemoryLedger;
  readonly #views: MemoryViews;
  readonly #later: MemoryTabsOptions['later'];
  readonly #startGrace: MemoryTabsOptions['startGrace'];
  readonly #end: MemoryTabsOptions['end'];

  constructor({ ledger, views, later, startGrace, end }: MemoryTabsOptions) {
    this.#ledger = ledger;
    this.#views = views;
    this.#later = later;
    this.#startGrace = startGrace;
    this.#end = end;
  }

  add(tab: MemoryTab): void {
    this.#ledger.tabs.add(tab);
  }

  /** The tab's leases stay for the disconnect grace, for `resume`. */
  remove(tab: MemoryTab): void {
    this.#ledger.tabs.delete(tab);
    this.sendViewers([...tab.presence], tab);
    for (const lease of this.#ledger.leasesOfTab(tab)) {
      lease.tab = undefined;
      const { secret } = lease;
      this.#startGrace(() => {
        // A resumed lease has another secret.
        if (!lease.tab && lease.secret === secret) this.#end(lease.view.id);
      });
    }
  }

  sendAll(event: TransportEvent): void {
    for (const tab of this.#ledger.tabs) this.#later(() => tab.emit(event));
  }

  /** Default: the tabs of everybody */
  list(actorId?: string): MemoryTab[] {
    return [...this.#ledger.tabs].filter(({ actor }) => actorId === undefined || actor.id === actorId);
  }

  /** Sends the viewers of records to the tabs that watch them, except for the tab that has changed them. */
  sendViewers(records: readonly RecordKey[], by: MemoryTab): void {
    for (const tab of this.#ledger.tabs) {
      const presence = records.filter((key) => tab.presence.has(key));
      if (tab === by || presence.length === 0) continue;
      const payload = this.#views.viewOf(tab, { presence });
      this.#later(() => tab.emit({ type: 'changes', payload }));
    }
  }

  /** Sends each tab its watched part of a change. */
  sendChange(change: RecordChange): void {
    for (const tab of this.#ledger.tabs) {
      const records = change.records.filter((key) => tab.records.has(key));
      if (records.length === 0) continue;
      const payload = this.#views.viewOf(tab, {
        changed: [{ ...change, records, recordCount: records.length }],
      });
      this.#later(() => tab.emit({ type: 'changes', payload }));
    }
  }

  /**
   * Sends each tab its watched part of these. A task also goes to tabs that watch a record that it holds or just held.
   * `before`: the state of the tasks before the change
   */
  sendChanges(
    records: readonly RecordKey[],
    tasks: readonly string[],
    { heldBy, before }: { heldBy?: MemoryLease | undefined; before?: StateBefore } = {},
  ): void {
    const touched = new Set(records.map(resourceOf));
    const affected = new Set(records);
    for (const tab of this.#ledger.tabs) {
      const resources = [...touched].filter((resource) => tab.resources.has(resource));
      const seen = [...tab.records].filter((key) => covers(affected, key));
      const wanted = tasks.filter((id) => tab.tasks.has(id) || this.#isOfFilter(tab, id, before));
      if (seen.length + wanted.length + resources.length === 0) continue;
      const holders = heldBy && seen.some((key) => covers(heldBy.records, key)) ? tasks : [];
      const payload = this.#views.viewOf(tab, { records: seen, tasks: wanted, holders, resources });
      // Nothing of it may be shown to this user.
      if (seen.length + resources.length + payload.tasks.length === 0) continue;
      this.#later(() => tab.emit({ type: 'changes', payload }));
    }
  }

  #isOfFilter(tab: MemoryTab, taskId: string, before: StateBefore): boolean {
    const task = this.#ledger.tasks.get(taskId);
    return (
      task !== undefined && [...tab.taskFilters.values()].some((filter) => concernsTask(task, filter, before))
    );
  }
}
