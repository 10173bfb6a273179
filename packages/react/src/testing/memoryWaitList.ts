/** The wait list of the server in memory: leases come into force in the order of their arrival, as soon as nothing blocks them. */
import type { LeaseId, OwnedWaitingLease } from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import { type MemoryLease, type MemoryLedger, owned } from './memoryLedger.ts';
import type { MemoryTabs } from './memoryTabs.ts';

export interface MemoryWaitListOptions {
  clock: ClientClock;
  ledger: MemoryLedger;
  tabs: MemoryTabs;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
}

export class MemoryWaitList {
  readonly #options: MemoryWaitListOptions;
  /** The positions that the tabs know */
  readonly #told = new Map<LeaseId, number>();

  constructor(options: MemoryWaitListOptions) {
    this.#options = options;
  }

  /** The lease as its own tab gets it, which then knows its position. */
  owned(lease: MemoryLease): OwnedWaitingLease {
    const position = this.positionOf(lease);
    this.#told.set(lease.view.id, position);
    const { id, secret, ttlMs, recordCount } = owned(lease);
    return { id, secret, ttlMs, recordCount, position };
  }

  /** 1 is next. */
  positionOf({ records, view }: MemoryLease): number {
    const { ledger } = this.#options;
    const self = ledger.waiting.get(view.id);
    const blocking = ledger.conflictsOf([...records], view.mode, self ? { self } : {});
    return 1 + blocking.filter(({ isWaiting }) => isWaiting).length;
  }

  /** A lease has ended, or covers less: brings into force what nothing blocks, and sends the tabs their new positions. */
  advance(): void {
    const { ledger, tabs, clock } = this.#options;
    for (const lease of [...ledger.waiting.values()]) {
      const { id, mode } = lease.view;
      if (ledger.conflictsOf([...lease.records], mode, { self: lease }).length > 0) {
        this.#tellPosition(lease);
        continue;
      }
      ledger.waiting.delete(id);
      this.#told.delete(id);
      lease.fence = ledger.nextFence();
      lease.view = { ...lease.view, since: clock.now() };
      ledger.leases.set(id, lease);
      const { fence, ttlMs, recordCount } = owned(lease);
      this.#tell(lease, { type: 'leaseAcquired', payload: { leaseId: id, fence, ttlMs, recordCount } });
      tabs.sendChanges([...lease.records], []);
    }
  }

  #tellPosition(lease: MemoryLease): void {
    const { id } = lease.view;
    const position = this.positionOf(lease);
    if (this.#told.get(id) === position) return;
    this.#told.set(id, position);
    this.#tell(lease, { type: 'leaseWaiting', payload: { leaseId: id, position } });
  }

  #tell({ tab }: MemoryLease, event: Parameters<NonNullable<MemoryLease['tab']>['emit']>[0]): void {
    if (tab) this.#options.later(() => tab.emit(event));
  }
}
