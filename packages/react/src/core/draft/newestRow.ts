/** The newest state of a row that a form knows: the row that it was given last, or what it has saved since. */
import { isSameValue, type LoadedRow } from './edits.ts';

/** A row as it was saved, and the row that the form had then. */
export interface SavedRow {
  row: object;
  /** The version of the save, if the server has sent it */
  version: number | undefined;
  over: object;
}

/** The row that is given now, unless it is older than the one before. The same object if nothing has changed. */
export function receiveRow<Row extends object>(
  before: LoadedRow<Row>,
  given: LoadedRow<Row>,
): LoadedRow<Row> {
  if (isOlder(given.version, before.version)) return before;
  const isSame = before.version === given.version && isSameValue(before.row, given.row);
  return isSame ? before : given;
}

/** With the save on it, as long as the row has not been loaded again. */
export function withSaved<Row extends object>(
  loaded: LoadedRow<Row>,
  saved: SavedRow | undefined,
): LoadedRow<Row> {
  if (!saved) return loaded;
  const isLoadedAgain =
    saved.version !== undefined && loaded.version !== undefined
      ? loaded.version >= saved.version
      : !isSameValue(loaded.row, saved.over);
  if (isLoadedAgain) return loaded;
  return { row: { ...loaded.row, ...saved.row }, version: saved.version ?? loaded.version };
}

const isOlder = (version: number | undefined, than: number | undefined): boolean =>
  version !== undefined && than !== undefined && version < than;
