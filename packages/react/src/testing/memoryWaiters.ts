/** The tasks of the server in memory that wait for their records, in the order of their launches. */
import {
  type Actor,
  CONFLICT_SAMPLE_SIZE,
  type Conflict,
  type LeaseId,
  type LockMode,
  type RecordKey,
  type TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from '../core/clock.ts';
import { covers, type MemoryLedger } from './memoryLedger.ts';
import { type MemoryPermissions, withoutResult } from './memoryPermissions.ts';
import type { MemoryTasks } from './memoryTasks.ts';

/** A launch whose input was read. */
export interface PlannedLaunch {
  name: string;
  input: unknown;
  label: string;
  mode: LockMode;
  supportsPartial: boolean;
  tags: readonly string[];
  records: readonly RecordKey[];
}

interface Waiter {
  id: string;
  launch: PlannedLaunch;
  cancelTimer: () => void;
}

interface Examination {
  /** The leases that block the records, then the tasks that came earlier and wait for some of them */
  conflicts: Conflict[];
  blocked: Set<RecordKey>;
}

export class MemoryWaiters {
  readonly #clock: ClientClock;
  readonly #ledger: MemoryLedger;
  readonly #tasks: MemoryTasks;
  readonly #permissions: MemoryPermissions;
  #waiters: Waiter[] = [];

  constructor(options: {
    clock: ClientClock;
    ledger: MemoryLedger;
    tasks: MemoryTasks;
    permissions: MemoryPermissions;
  }) {
    this.#clock = options.clock;
    this.#ledger = options.ledger;
    this.#tasks = options.tasks;
    this.#permissions = options.permissions;
  }

  /** A task waits from now on, for at most `waitMs`. */
  add(id: string, launch: PlannedLaunch, waitMs: number | undefined): TaskView {
    const giveUp = () => {
      if (this.#ledger.tasks.get(id)?.state !== 'waiting') return;
      this.#tasks.end(id, 'failed', 'Its records did not become free in time.');
      this.advance();
    };
    const cancelTimer = waitMs === undefined ? () => {} : this.#clock.after(waitMs, giveUp);
    this.#waiters.push({ id, launch, cancelTimer });
    return this.#tasks.update(id, { position: this.#positionOf(id, launch) });
  }

  /** Records have become free: each task gets its records if nothing before it blocks them. */
  advance(): void {
    for (const waiter of [...this.#waiters]) {
      const { id, launch } = waiter;
      const task = this.#ledger.tasks.get(id);
      if (task?.state !== 'waiting') this.#remove(waiter);
      else if (this.#examineWaiter(task, launch).blocked.size === 0) {
        this.#remove(waiter);
        this.#tasks.giveRecords(id, launch.records);
      }
    }
    for (const { id, launch } of this.#waiters) {
      const position = this.#positionOf(id, launch);
      if (this.#ledger.tasks.get(id)?.position !== position) this.#tasks.update(id, { position });
    }
  }

  /** The conflicts of a request for the records, as the actor may see them. */
  examine(
    records: readonly RecordKey[],
    {
      mode,
      actor,
      ownLeaseId,
      before = this.#waiters,
    }: { mode: LockMode; actor: Actor; ownLeaseId?: LeaseId | undefined; before?: readonly Waiter[] },
  ): Examination {
    const wanted = new Set(records);
    const blocked = new Set<RecordKey>();
    const holding = this.#ledger
      .conflictsOf(records, mode, { actor })
      .filter(({ lease }) => lease.id !== ownLeaseId);
    for (const { lease } of holding) {
      const covered = this.#ledger.find(lease.id)?.records ?? new Set();
      for (const key of wanted) if (covers(covered, key)) blocked.add(key);
    }
    const waiting = before.flatMap(({ id, launch }): Conflict[] => {
      const task = this.#ledger.tasks.get(id);
      const lease = task && this.#ledger.leases.get(task.leaseId);
      const common = launch.records.filter((key) => wanted.has(key));
      if (!lease || common.length === 0 || (mode === 'shared' && launch.mode === 'shared')) return [];
      for (const key of common) blocked.add(key);
      return [
        {
          lease: this.#permissions.asSeen(actor, lease.view, task),
          ...(this.#permissions.mayWatch(actor, task) && { task: withoutResult(task) }),
          recordCount: common.length,
          records: common.slice(0, CONFLICT_SAMPLE_SIZE),
          isWaiting: true,
        },
      ];
    });
    return { conflicts: [...holding, ...waiting], blocked };
  }

  #examineWaiter({ id, actor }: TaskView, { records, mode }: PlannedLaunch): Examination {
    return this.examine(records, { mode, actor, before: this.#listBefore(id) });
  }

  #positionOf(id: string, { records }: PlannedLaunch): number {
    const wanted = new Set(records);
    const overlaps = ({ launch }: Waiter) => launch.records.some((key) => wanted.has(key));
    return 1 + this.#listBefore(id).filter(overlaps).length;
  }

  #listBefore(id: string): Waiter[] {
    return this.#waiters.slice(
      0,
      this.#waiters.findIndex((waiter) => waiter.id === id),
    );
  }

  #remove(waiter: Waiter): void {
    waiter.cancelTimer();
    this.#waiters = this.#waiters.filter((each) => each !== waiter);
  }
}
