import type { RecordKey } from '@rowlock/protocol';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { DraftArea } from '../core/draft/draftArea.ts';
import { DraftForm, type SavedDraft } from '../core/draft/draftForm.ts';
import { type DraftOwner, DraftShelf, NO_DRAFT } from '../core/draft/draftShelf.ts';
import type { FieldOf, LoadedRow } from '../core/draft/edits.ts';
import { type FieldConflict, getSaveVersion, type IsSame, mergeEdits } from '../core/draft/mergeEdits.ts';
import { receiveRow, withSaved } from '../core/draft/newestRow.ts';
import { useActorId } from './useActorId.ts';
import { useDraftShelf } from './useDraftShelf.ts';

export interface DraftOptions<Row extends object> {
  /** The version of the data: the header `Rowlock-Version` of the answer that had the row. An older row than the last one is ignored */
  version?: number | undefined;
  /** Whether two values of a field mean the same, such as `'8,836'` and `'8836'`. Default: equal values, or JSON of equal content */
  isSame?: IsSame<Row>;
  /** Where drafts are stored. Default `sessionStorage`. `null`: they live as long as the page */
  storage?: DraftArea | null;
  /** The user whose draft it is. Default: the user as the server knows them, after the first connection */
  userId?: string | undefined;
}

/** The edits of a user in a form of one row, on the newest state of the row. */
export interface Draft<Row extends object> {
  /** The row with the typed values: for the inputs, and for the save */
  values: Row;
  /** The user types into a field. Stored at once */
  setField<Field extends FieldOf<Row>>(field: Field, value: Row[Field]): void;
  /** A save would change something */
  isDirty: boolean;
  dirtyFields: readonly FieldOf<Row>[];
  /** The fields that somebody else has changed too, to other values: for `<StaleNotice>` */
  conflicts: readonly FieldConflict<Row>[];
  /** The user has to choose in some of the conflicts */
  hasOpenConflicts: boolean;
  /** These fields keep what the user typed. Default: all conflicts. May be changed until the save */
  keepMine(...fields: FieldOf<Row>[]): void;
  /** These fields get the values of the row. Default: all conflicts. May be changed until the save */
  takeTheirs(...fields: FieldOf<Row>[]): void;
  /** The version that a save should name. With open conflicts the older one, so that the server refuses the save */
  version: number | undefined;
  /** The version of the newest row that the form was given, or has saved */
  loadedVersion: number | undefined;
  /** The form shows values that the user typed before a reload, or before they closed the form */
  isRestored: boolean;
  /** Gives up the typed values */
  discard(): void;
  /** Brings them back, until something else is typed. Absent if nothing was discarded */
  undoDiscard?: () => void;
  /** The row was saved. Until it is loaded again, the form shows what was saved */
  markSaved(save: SavedDraft<Row>): void;
}

/**
 * The draft of a user in a form of one row: the typed values. It survives a reload, a closed form and a lost lock, for each user apart. If
 * the row changes meanwhile, fields that the user has not touched follow it, and a field that both have changed is a conflict.
 *
 * @param record  For example `cities/1`, or `cities/new` for a new row. Without it nothing is stored
 * @param loaded  The row as it was loaded, in the form of the inputs. It may be a new object at every render
 */
export function useDraft<Row extends object>(
  record: RecordKey | null | undefined,
  loaded: Row,
  { version, isSame, storage, userId }: DraftOptions<Row> = {},
): Draft<Row> {
  const actorId = useActorId();
  const owner = userId ?? actorId;
  const [ownShelf] = useState(() => new DraftShelf(undefined));
  const stored = useDraftShelf(storage);
  const shelf = record ? stored : ownShelf;
  const key = record ?? NO_RECORD;
  const entry = useEntry(shelf, owner, key);
  const given = useReceivedRow(key, { row: loaded, version });
  const newest = useMemo(() => withSaved(given, entry.saved), [given, entry.saved]);
  const { edits } = entry;
  const merged = useMemo(() => mergeEdits(newest.row, edits, isSame), [newest.row, edits, isSame]);
  const isDirty = merged.dirtyFields.length > 0;
  const wasDirty = useFirst(`${owner} ${key}`, isDirty);
  const form = useMemo(
    () => new DraftForm<Row>({ shelf, owner, key, given, isSame }),
    [shelf, owner, key, given, isSame],
  );
  return {
    ...{ isDirty, ...merged },
    hasOpenConflicts: merged.conflicts.some(({ choice }) => choice === undefined),
    version: getSaveVersion<Row>(edits, merged.conflicts, newest.version),
    loadedVersion: newest.version,
    isRestored: wasDirty && isDirty,
    setField: form.setField,
    keepMine: form.keepMine,
    takeTheirs: form.takeTheirs,
    discard: form.discard,
    ...(entry.discarded && { undoDiscard: form.undoDiscard }),
    markSaved: form.markSaved,
  };
}

/** No key of a record: a form without one has a shelf of its own. */
const NO_RECORD = '' as RecordKey;

const getNoDraft = () => NO_DRAFT;

function useEntry(shelf: DraftShelf, owner: DraftOwner, key: RecordKey) {
  useEffect(() => {
    if (owner !== undefined) shelf.adopt(owner, key);
  }, [shelf, owner, key]);
  const subscribe = useMemo(() => (listener: () => void) => shelf.subscribe(listener), [shelf]);
  return useSyncExternalStore(subscribe, () => shelf.get(owner, key), getNoDraft);
}

/** The same object for as long as its content is the same. */
function useReceivedRow<Row extends object>(key: RecordKey, given: LoadedRow<Row>): LoadedRow<Row> {
  const [kept, keep] = useState({ key, loaded: given });
  const loaded = kept.key === key ? receiveRow(kept.loaded, given) : given;
  if (loaded !== kept.loaded) keep({ key, loaded });
  return loaded;
}

/** The value when this name was seen first. */
function useFirst(name: string, value: boolean): boolean {
  const [first, setFirst] = useState({ name, value });
  if (first.name !== name) setFirst({ name, value });
  return first.name === name ? first.value : value;
}
