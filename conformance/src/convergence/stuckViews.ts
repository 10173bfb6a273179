/**
 * Finds views that lie (P9): for more than 2 s a tab shows something as certain that the registry has had at no look. Looks
 * without an answer of Redis prove nothing. Pure.
 */

/** The promised 2 s, and one look before and after */
const LONGEST_MS = 2_300;

interface Doubt {
  shown: string;
  sinceMs: number;
}

export class StuckViews {
  readonly #doubts = new Map<string, Doubt>();

  /** Notes one look: facts by their subjects, as texts. A subject without a fact counts as ''. Returns the lies that have lasted too long. */
  look(
    nowMs: number,
    real: ReadonlyMap<string, string> | undefined,
    shownByTabs: ReadonlyMap<string, ReadonlyMap<string, string | undefined>>,
  ): string[] {
    if (!real) {
      this.#doubts.clear();
      return [];
    }
    const found: string[] = [];
    const seen = new Set<string>();
    for (const [tab, facts] of shownByTabs) {
      for (const [subject, shown] of facts) {
        const fact = real.get(subject) ?? '';
        if (shown === undefined || shown === fact) continue;
        const name = `${tab} ${subject}`;
        seen.add(name);
        const doubt = this.#doubts.get(name);
        if (doubt?.shown !== shown) this.#doubts.set(name, { shown, sinceMs: nowMs });
        else if (nowMs - doubt.sinceMs > LONGEST_MS) {
          const lastedMs = Math.round(nowMs - doubt.sinceMs);
          found.push(
            `${tab} has shown ${subject} as "${shown}" for ${lastedMs} ms, and the registry had "${fact}"`,
          );
          doubt.sinceMs = nowMs;
        }
      }
    }
    for (const name of this.#doubts.keys()) if (!seen.has(name)) this.#doubts.delete(name);
    return found;
  }
}
