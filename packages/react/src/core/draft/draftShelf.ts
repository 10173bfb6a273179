/** Keeps the drafts of this tab: in memory, and in a storage that survives a reload. At most a number of them, the latest. */
import { type RecordKey, resourceOf } from '@rowlock/protocol';
import { type ClientClock, systemClock } from '../clock.ts';
import { type DraftArea, readDrafts, type StoredDraft, writeDraft } from './draftArea.ts';
import { type AnyEdits, NO_EDITS } from './edits.ts';
import type { SavedRow } from './newestRow.ts';

/** The draft of a row. The same object until it changes. */
export interface DraftEntry extends StoredDraft {
  /** The last save of this page, which may be newer than the row that a form gets */
  saved?: SavedRow;
  /** The edits that the user has discarded, until they type again */
  discarded?: AnyEdits;
}

export const NO_DRAFT: DraftEntry = Object.freeze({ edits: NO_EDITS, isDirty: false, changedAt: 0 });

const MAX_DRAFTS = 50;

/** The user is not known before the first connection of a page. Their drafts are not stored until then. */
export type DraftOwner = string | undefined;

export class DraftShelf {
  readonly #area: DraftArea | undefined;
  readonly #clock: ClientClock;
  readonly #entries: Map<string, DraftEntry>;
  readonly #lists = new Map<string, readonly RecordKey[]>();
  readonly #listeners = new Set<() => void>();

  constructor(area: DraftArea | undefined, clock: ClientClock = systemClock) {
    this.#area = area;
    this.#clock = clock;
    this.#entries = readDrafts(area, nameStart);
  }

  /** Before `adopt`: the edits until now, of a user who is not known. */
  get(owner: DraftOwner, key: RecordKey): DraftEntry {
    return this.#entries.get(nameOf(undefined, key)) ?? this.#entries.get(nameOf(owner, key)) ?? NO_DRAFT;
  }

  /** The user has typed something. */
  setEdits(owner: DraftOwner, key: RecordKey, edits: AnyEdits, isDirty: boolean): void {
    const { discarded: _, ...before } = this.get(owner, key);
    this.#put(nameOf(owner, key), { ...before, edits, isDirty, changedAt: this.#clock.now() });
  }

  /** The user is known now: earlier edits become theirs, on top of their stored draft. */
  adopt(owner: string, key: RecordKey): void {
    const pending = this.#entries.get(nameOf(undefined, key));
    if (!pending) return;
    this.#entries.delete(nameOf(undefined, key));
    const stored = this.get(owner, key);
    const edits = { ...stored.edits, ...pending.edits };
    this.#put(nameOf(owner, key), { ...pending, edits, isDirty: pending.isDirty || stored.isDirty });
  }

  /** The row was saved. `edits` are those that the save did not contain. */
  noteSaved(owner: DraftOwner, key: RecordKey, saved: SavedRow, edits: AnyEdits): void {
    const isDirty = Object.keys(edits).length > 0;
    this.#put(nameOf(owner, key), { edits, isDirty, changedAt: this.#clock.now(), saved });
  }

  /** Gives up the edits, which `undoDiscard` brings back until something else is typed. */
  discard(owner: DraftOwner, key: RecordKey): void {
    const { edits, saved, changedAt } = this.get(owner, key);
    const discarded = Object.keys(edits).length > 0 ? { discarded: edits } : {};
    this.#put(nameOf(owner, key), { ...NO_DRAFT, changedAt, ...(saved && { saved }), ...discarded });
  }

  undoDiscard(owner: DraftOwner, key: RecordKey): void {
    const { discarded } = this.get(owner, key);
    if (discarded) this.setEdits(owner, key, discarded, true);
  }

  /** The rows of a resource with drafts of that user. The same array until that changes. */
  list(owner: DraftOwner, resource: string): readonly RecordKey[] {
    const start = nameOf(owner, '');
    const keys = [...this.#entries]
      .filter(([name, { isDirty }]) => isDirty && name.startsWith(start))
      .map(([name]) => name.slice(start.length) as RecordKey)
      .filter((key) => resourceOf(key) === resource)
      .sort();
    const before = this.#lists.get(start + resource);
    if (before?.length === keys.length && keys.every((key, index) => key === before[index])) return before;
    this.#lists.set(start + resource, keys);
    return keys;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #put(name: string, entry: DraftEntry): void {
    this.#entries.set(name, entry);
    if (!name.startsWith(nameOf(undefined, ''))) writeDraft(this.#area, name, entry);
    this.#trim();
    for (const listener of [...this.#listeners]) listener();
  }

  /** Forgets the entries that were changed longest ago: first those without edits, which are only memories of a save. */
  #trim(): void {
    if (this.#entries.size <= MAX_DRAFTS) return;
    const leastFirst = [...this.#entries].sort(
      ([, a], [, b]) => Number(a.isDirty) - Number(b.isDirty) || a.changedAt - b.changedAt,
    );
    for (const [name] of leastFirst.slice(0, this.#entries.size - MAX_DRAFTS)) {
      this.#entries.delete(name);
      writeDraft(this.#area, name, NO_DRAFT);
    }
  }
}

const nameStart = 'rowlock.draft/';

const nameOf = (owner: DraftOwner, key: string): string =>
  `${nameStart}${encodeURIComponent(owner ?? '')}/${key}`;

const shelves = new WeakMap<DraftArea, DraftShelf>();
let shelfInMemory: DraftShelf | undefined;

/** The shelf over a storage: one for all forms and lists of the page. Without a storage, drafts live as long as the page. */
export function getDraftShelf(area: DraftArea | undefined): DraftShelf {
  if (!area) {
    shelfInMemory ??= new DraftShelf(undefined);
    return shelfInMemory;
  }
  const shelf = shelves.get(area) ?? new DraftShelf(area);
  shelves.set(area, shelf);
  return shelf;
}
