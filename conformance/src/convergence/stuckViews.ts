/**
 * Finds views that lie (P9): for more than 2 s, a tab shows a state of a record as certain that the registry has not had at any
 * look. Looks without an answer of Redis prove nothing. Pure.
 */
import type { LeaseId, RecordKey } from '@rowlock/protocol';

/** The promised 2 s, and one look before and after */
const LONGEST_MS = 2_300;

interface Doubt {
  shown: string;
  sinceMs: number;
}

export class StuckViews {
  readonly #doubts = new Map<string, Doubt>();

  /** Notes one look. Returns the lies that have lasted for too long, each once. */
  look(
    nowMs: number,
    leases: ReadonlyMap<RecordKey, readonly LeaseId[]> | undefined,
    shownByTabs: ReadonlyMap<string, ReadonlyMap<RecordKey, readonly LeaseId[] | undefined>>,
  ): string[] {
    if (!leases) {
      this.#doubts.clear();
      return [];
    }
    const found: string[] = [];
    const seen = new Set<string>();
    for (const [tab, records] of shownByTabs) {
      for (const [key, shown] of records) {
        const real = String(leases.get(key) ?? []);
        if (shown === undefined || String(shown) === real) continue;
        const name = `${tab} ${key}`;
        seen.add(name);
        const doubt = this.#doubts.get(name);
        if (doubt?.shown !== String(shown)) this.#doubts.set(name, { shown: String(shown), sinceMs: nowMs });
        else if (nowMs - doubt.sinceMs > LONGEST_MS) {
          found.push(
            `${tab} has shown the leases [${shown}] on ${key} as certain for ${Math.round(nowMs - doubt.sinceMs)} ms, and the registry had [${real}]`,
          );
          doubt.sinceMs = nowMs;
        }
      }
    }
    for (const name of this.#doubts.keys()) if (!seen.has(name)) this.#doubts.delete(name);
    return found;
  }
}
