/**
 * Keeps the counts of watched resources up to date, and hands changes to their watchers, at most four times a second.
 *
 * Entries of the change log only say which leases to count again. Counting again what was counted already changes nothing, so
 * no entry can be applied twice or in the wrong order. It has a lane of its own: nobody waits for a count but those who asked.
 */
import type { LeaseId } from '@rowlock/protocol';
import type { LogEntry } from '../../changeLog/entry.ts';
import type { Clock } from '../../clock.ts';
import type { InternalRegistry } from '../../locks/registry/lockRegistry.ts';
import { createLane } from '../lane.ts';
import type { Session } from '../session/session.ts';
import type { WatchedResources } from '../view/watchedResources.ts';

const INTERVAL_MS = 250;
/** After a failure */
const RETRY_MS = 1_000;

export interface ResourceWatch {
  /** The session gets all later changes. After it, the counts of these resources are known. */
  begin(session: Session, resources: readonly string[]): Promise<void>;
  apply(entries: readonly LogEntry[]): void;
  /** Counts everything again, and sends the differences. */
  reload(): Promise<void>;
}

interface ResourceWatchParts {
  watchedResources: WatchedResources<Session>;
  registry: Pick<InternalRegistry, 'countRecords'>;
  clock: Clock;
}

export function createResourceWatch({
  watchedResources,
  registry,
  clock,
}: ResourceWatchParts): ResourceWatch {
  const inLane = createLane();
  /** Leases to count again; false: they have ended */
  let pending = new Map<LeaseId, boolean>();
  let isLoaded = false;
  let isPlanned = false;
  let countedAtMs = Number.NEGATIVE_INFINITY;

  function send(changed: Iterable<string>): void {
    for (const resource of changed) {
      for (const session of watchedResources.watchersOf(resource)) session.noteResource(resource);
    }
  }

  function plan(waitMs: number): void {
    if (isPlanned) return;
    isPlanned = true;
    clock.after(waitMs, () => {
      isPlanned = false;
      void inLane(count).catch(() => plan(RETRY_MS));
    });
  }

  async function count(): Promise<void> {
    if (!isLoaded || pending.size === 0) return;
    const taken = pending;
    pending = new Map();
    countedAtMs = clock.nowMs();
    try {
      const open = [...taken].filter(([, isOpen]) => isOpen).map(([id]) => id);
      const covered = open.length > 0 ? await registry.countRecords(open) : new Map();
      send(watchedResources.update(taken.keys(), covered));
    } catch (error) {
      pending = new Map([...taken, ...pending]);
      throw error;
    }
  }

  async function load(): Promise<void> {
    pending.clear();
    const changed = watchedResources.load(await registry.countRecords());
    isLoaded = true;
    send(changed);
  }

  return {
    async begin(session, resources) {
      if (resources.length === 0) return;
      watchedResources.watch(resources, session);
      // Watched first: entries that arrive during the count are counted after it.
      await inLane(async () => {
        if (!isLoaded) await load();
      });
    },

    apply(entries) {
      if (!watchedResources.isAnyWatched) {
        // Without watchers nothing is counted, so that the counts are old by now.
        isLoaded = false;
        return;
      }
      noteLeases(entries, pending);
      if (pending.size > 0) plan(Math.max(0, countedAtMs + INTERVAL_MS - clock.nowMs()));
    },

    async reload() {
      await inLane(async () => {
        isLoaded = false;
        if (watchedResources.isAnyWatched) await load();
      });
    },
  };
}

/** Notes the leases that the entries are about, and whether they are open. */
function noteLeases(entries: readonly LogEntry[], into: Map<LeaseId, boolean>): void {
  for (const entry of entries) {
    if (entry.kind === 'acquired' || entry.kind === 'extended') into.set(entry.lease.id, true);
    else if (entry.kind === 'freed') into.set(entry.leaseId, true);
    else if (entry.kind === 'released') into.set(entry.leaseId, false);
  }
}
