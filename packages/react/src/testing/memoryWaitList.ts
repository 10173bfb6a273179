/**
 * The wait list of the server in memory, for tabs and tasks: leases come into force in the order of their arrival, as soon as
 * nothing blocks them.
 */
import type { LeaseId, OwnedWaitingLease } from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import type { TransportEvent } from '../core/transport.ts';
import { type MemoryLease, owned } from './memoryLease.ts';
import type { MemoryLedger } from './memoryLedger.ts';
import type { MemoryTabs } from './memoryTabs.ts';
import type { MemoryTasks } from './memoryTasks.ts';

export interface MemoryWaitListOptions {
  clock: ClientClock;
  ledger: MemoryLedger;
  tabs: MemoryTabs;
  tasks: MemoryTasks;
  /** Runs something that a tab sees only after the server's delay. */
  later: (run: () => void) => void;
}

export class MemoryWaitList {
  readonly #options: MemoryWaitListOptions;
  /** The positions that were sent last */
  readonly #positions = new Map<LeaseId, number>();
  /** Each cancels the timer after which a task no longer waits */
  readonly #limits = new Map<LeaseId, () => void>();

  constructor(options: MemoryWaitListOptions) {
    this.#options = options;
  }

  /** A waiting lease as its own tab gets it, with its position. */
  owned(lease: MemoryLease): OwnedWaitingLease {
    const position = this.positionOf(lease);
    this.#positions.set(lease.view.id, position);
    const { id, secret, ttlMs, recordCount } = owned(lease);
    return { id, secret, ttlMs, recordCount, position };
  }

  /** 1 is next. */
  positionOf(lease: MemoryLease): number {
    const blocking = this.#options.ledger.conflictsOf([...lease.records], lease.view.mode, { self: lease });
    return 1 + blocking.filter(({ isWaiting }) => isWaiting).length;
  }

  /** A waiting task fails if its records are not free in time. */
  limitTask(taskId: string, leaseId: LeaseId, waitMs: number): void {
    const { clock, tasks } = this.#options;
    const giveUp = () => {
      tasks.end(taskId, 'failed', 'Its records did not become free in time.');
      this.advance();
    };
    this.#limits.set(leaseId, clock.after(waitMs, giveUp));
  }

  /** A lease has ended, or covers less: brings into force what nothing blocks, and sends the new positions. */
  advance(): void {
    const { ledger } = this.#options;
    for (const lease of [...ledger.waiting.values()]) {
      const blocking = ledger.conflictsOf([...lease.records], lease.view.mode, { self: lease });
      if (blocking.length > 0) this.#sendPosition(lease);
      else this.#bringIntoForce(lease);
    }
    this.#forgetEnded();
  }

  #bringIntoForce(lease: MemoryLease): void {
    const { ledger, tabs, tasks, clock } = this.#options;
    const { id, holder } = lease.view;
    if (holder.type === 'task') {
      tasks.update(holder.id, { state: 'queued', position: undefined });
      return;
    }
    ledger.bringIntoForce(lease, clock.now());
    const { fence, ttlMs, recordCount } = owned(lease);
    this.#notify(lease, { type: 'leaseAcquired', payload: { leaseId: id, fence, ttlMs, recordCount } });
    tabs.sendChanges([...lease.records], []);
  }

  #sendPosition(lease: MemoryLease): void {
    const { id, holder } = lease.view;
    const position = this.positionOf(lease);
    if (this.#positions.get(id) === position) return;
    this.#positions.set(id, position);
    if (holder.type === 'task') this.#options.tasks.update(holder.id, { position });
    else this.#notify(lease, { type: 'leaseWaiting', payload: { leaseId: id, position } });
  }

  #notify({ tab }: MemoryLease, event: TransportEvent): void {
    if (tab) this.#options.later(() => tab.emit(event));
  }

  #forgetEnded(): void {
    const { waiting } = this.#options.ledger;
    for (const [id, cancelLimit] of this.#limits) {
      if (waiting.has(id)) continue;
      cancelLimit();
      this.#limits.delete(id);
    }
    for (const id of this.#positions.keys()) if (!waiting.has(id)) this.#positions.delete(id);
  }
}
