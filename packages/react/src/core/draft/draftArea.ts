/** Reads and writes drafts in a storage of the browser. A storage that is full, forbidden or garbled counts as empty. */
import type { AnyEdits } from './edits.ts';

/** A place for drafts: `sessionStorage`, `localStorage`, or one of your own. */
export type DraftArea = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** The stored part of a draft. */
export interface StoredDraft {
  edits: AnyEdits;
  /** A save would change something. Otherwise it is not stored: a value is only written in another way */
  isDirty: boolean;
  /** Unix time in ms */
  changedAt: number;
}

/** Reading the property throws if the browser blocks the data of the site. */
export function findSessionStorage(): DraftArea | undefined {
  try {
    return typeof window === 'undefined' ? undefined : window.sessionStorage;
  } catch {
    return undefined;
  }
}

/** All drafts whose names begin with `start`, by their names. */
export function readDrafts(area: DraftArea | undefined, start: string): Map<string, StoredDraft> {
  const drafts = new Map<string, StoredDraft>();
  for (const name of listNames(area, start)) {
    const draft = read(area, name);
    if (draft) drafts.set(name, draft);
  }
  return drafts;
}

/** Only a draft that is dirty is stored. Any other is removed. */
export function writeDraft(area: DraftArea | undefined, name: string, draft: StoredDraft): void {
  const { edits, isDirty, changedAt } = draft;
  try {
    if (isDirty) area?.setItem(name, JSON.stringify({ edits, isDirty, changedAt }));
    else area?.removeItem(name);
  } catch {
    // The draft lives as long as the page.
  }
}

function listNames(area: DraftArea | undefined, start: string): string[] {
  try {
    const names = Array.from({ length: area?.length ?? 0 }, (_, index) => area?.key(index) ?? '');
    return names.filter((name) => name.startsWith(start));
  } catch {
    return [];
  }
}

function read(area: DraftArea | undefined, name: string): StoredDraft | undefined {
  try {
    const draft: unknown = JSON.parse(area?.getItem(name) ?? 'null');
    return isDraft(draft) ? draft : undefined;
  } catch {
    return undefined;
  }
}

function isDraft(value: unknown): value is StoredDraft {
  const draft = value as StoredDraft | null;
  return (
    typeof draft?.changedAt === 'number' &&
    typeof draft.isDirty === 'boolean' &&
    typeof draft.edits === 'object' &&
    draft.edits !== null &&
    Object.values(draft.edits).every((edit) => typeof edit === 'object' && edit !== null && 'mine' in edit)
  );
}
