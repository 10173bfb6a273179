/**
 * The resources that the sessions of this gateway watch, and how much of each every lease covers. A change of a lease costs
 * the same whatever the number of its records. Pure.
 */
import type { LeaseId, ResourceView } from '@rowlock/protocol';
import type { CoveredResource, CoveredResources } from '../../locks/registry/coveredResources.ts';
import { Relation } from './relation.ts';

interface Totals {
  leases: number;
  records: number;
  wholes: number;
  subtrees: number;
}

export class WatchedResources<Watcher> {
  readonly #watchers = new Relation<string, Watcher>();
  readonly #leases = new Map<LeaseId, ReadonlyMap<string, CoveredResource>>();
  readonly #totals = new Map<string, Totals>();

  get isAnyWatched(): boolean {
    return this.#watchers.leftCount > 0;
  }

  watch(resources: readonly string[], watcher: Watcher): void {
    for (const resource of resources) this.#watchers.add(resource, watcher);
  }

  unwatch(resources: Iterable<string>, watcher: Watcher): void {
    for (const resource of resources) this.#watchers.remove(resource, watcher);
  }

  /** The watcher has left. */
  forget(watcher: Watcher): void {
    this.unwatch([...this.watchedBy(watcher)], watcher);
  }

  watchedBy(watcher: Watcher): ReadonlySet<string> {
    return this.#watchers.with(watcher);
  }

  watchersOf(resource: string): ReadonlySet<Watcher> {
    return this.#watchers.of(resource);
  }

  /** Those of the resources that the watcher does not watch yet. */
  notWatchedBy(watcher: Watcher, resources: readonly string[]): string[] {
    return resources.filter((resource) => !this.#watchers.has(resource, watcher));
  }

  viewOf(resource: string): ResourceView {
    const { leases, records, wholes, subtrees } = this.#totals.get(resource) ?? NOTHING;
    return {
      leaseCount: leases,
      recordCount: records,
      isWhollyLocked: wholes > 0,
      hasSubtreeLocks: subtrees > 0,
    };
  }

  /** These leases cover this now; those of them that are not in `covered` have ended. Returns the resources that differ. */
  update(leaseIds: Iterable<LeaseId>, covered: CoveredResources): Set<string> {
    const changed = new Set<string>();
    for (const id of leaseIds) {
      const [before, now] = [this.#leases.get(id), covered.get(id)];
      for (const resource of new Set([...(before?.keys() ?? []), ...(now?.keys() ?? [])])) {
        if (isSame(before?.get(resource), now?.get(resource))) continue;
        this.#add(resource, before?.get(resource), -1);
        this.#add(resource, now?.get(resource), 1);
        changed.add(resource);
      }
      if (now) this.#leases.set(id, now);
      else this.#leases.delete(id);
    }
    return changed;
  }

  /** Takes over all leases in force. Returns the resources that differ. */
  load(covered: CoveredResources): Set<string> {
    return this.update(new Set([...this.#leases.keys(), ...covered.keys()]), covered);
  }

  #add(resource: string, part: CoveredResource | undefined, sign: 1 | -1): void {
    if (!part) return;
    const { leases, records, wholes, subtrees } = this.#totals.get(resource) ?? NOTHING;
    this.#totals.set(resource, {
      leases: leases + sign,
      records: records + sign * part.recordCount,
      wholes: wholes + (part.isWhole ? sign : 0),
      subtrees: subtrees + (part.hasSubtrees ? sign : 0),
    });
  }
}

const NOTHING: Totals = { leases: 0, records: 0, wholes: 0, subtrees: 0 };

const isSame = (one: CoveredResource | undefined, other: CoveredResource | undefined): boolean =>
  one?.recordCount === other?.recordCount &&
  one?.isWhole === other?.isWhole &&
  one?.hasSubtrees === other?.hasSubtrees;
