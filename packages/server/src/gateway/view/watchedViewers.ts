/** The records whose viewers the sessions of this gateway watch, with these viewers. Pure. */
import { type Actor, NAMED_VIEWERS, type RecordKey, type Viewers } from '@rowlock/protocol';
import { Relation } from './relation.ts';

/** A connection that looks at a record. */
export interface SeenViewer {
  gateway: string;
  sessionId: string;
  actor: Actor;
}

export class WatchedViewers<Watcher> {
  readonly #watchers = new Relation<RecordKey, Watcher>();
  readonly #viewers = new Map<RecordKey, readonly SeenViewer[]>();

  get isAnyWatched(): boolean {
    return this.#watchers.leftCount > 0;
  }

  records(): RecordKey[] {
    return this.#watchers.lefts();
  }

  has(record: RecordKey): boolean {
    return this.#watchers.of(record).size > 0;
  }

  /** Whether its viewers have been read. */
  isKnown(record: RecordKey): boolean {
    return this.#viewers.has(record);
  }

  watch(records: readonly RecordKey[], watcher: Watcher): void {
    for (const record of records) this.#watchers.add(record, watcher);
  }

  /** Returns those of the records that the watcher has watched until now. */
  unwatch(records: Iterable<RecordKey>, watcher: Watcher): RecordKey[] {
    const ended = [...records].filter((record) => this.#watchers.has(record, watcher));
    for (const record of ended) {
      this.#watchers.remove(record, watcher);
      if (!this.has(record)) this.#viewers.delete(record);
    }
    return ended;
  }

  watchedBy(watcher: Watcher): ReadonlySet<RecordKey> {
    return this.#watchers.with(watcher);
  }

  watchersOf(record: RecordKey): ReadonlySet<Watcher> {
    return this.#watchers.of(record);
  }

  /** Those of the records that the watcher does not watch yet. */
  notWatchedBy(watcher: Watcher, records: readonly RecordKey[]): RecordKey[] {
    return records.filter((record) => !this.#watchers.has(record, watcher));
  }

  /** The record has these viewers now. Returns those before. */
  set(record: RecordKey, viewers: readonly SeenViewer[]): readonly SeenViewer[] {
    const before = this.#viewers.get(record) ?? [];
    if (this.has(record)) this.#viewers.set(record, viewers);
    return before;
  }

  /** The viewers as a session sees them. */
  viewOf(record: RecordKey, sessionId: string): Viewers {
    return asSeen(this.#viewers.get(record) ?? [], sessionId);
  }

  gateways(): string[] {
    return [...new Set([...this.#viewers.values()].flat().map(({ gateway }) => gateway))];
  }

  /** The records that have a viewer on one of these gateways. */
  recordsOn(gateways: readonly string[]): RecordKey[] {
    const on = new Set(gateways);
    return [...this.#viewers]
      .filter(([, viewers]) => viewers.some(({ gateway }) => on.has(gateway)))
      .map(([key]) => key);
  }
}

/** Each user once, by name, without the session that asks. */
export function asSeen(viewers: readonly SeenViewer[], sessionId: string): Viewers {
  const actors = new Map<string, Actor>();
  for (const viewer of viewers) if (viewer.sessionId !== sessionId) actors.set(viewer.actor.id, viewer.actor);
  const sorted = [...actors.values()].sort((one, other) =>
    one.name === other.name ? compare(one.id, other.id) : compare(one.name, other.name),
  );
  return { actors: sorted.slice(0, NAMED_VIEWERS), count: sorted.length };
}

const compare = (one: string, other: string): number => (one < other ? -1 : 1);
