/** The three-way merge of a form: the value that an edit replaced (`base`), the typed one (`mine`), and the row's now (`theirs`). */
import { type Edits, editedFields, type FieldEdit, type FieldOf, isSameValue, type Side } from './edits.ts';

/**
 * Whether two values of a field mean the same. For inputs of text: `'8,836'` and `'8836'` may. Default: the same value, or
 * JSON of the same content.
 */
export type IsSame<Row extends object> = (
  field: FieldOf<Row>,
  a: Row[FieldOf<Row>],
  b: Row[FieldOf<Row>],
) => boolean;

/** A field that this user and somebody else have changed, to different values. */
export interface FieldConflict<Row extends object, Field extends FieldOf<Row> = FieldOf<Row>> {
  field: Field;
  /** The value before both */
  base: Row[Field];
  mine: Row[Field];
  theirs: Row[Field];
  /** Undefined while the user has not chosen */
  choice: Side | undefined;
}

export interface MergedEdits<Row extends object> {
  /** The row with the edits on it: what the form shows, and what a save sends */
  values: Row;
  /** The fields whose values would be changed by a save */
  dirtyFields: FieldOf<Row>[];
  /** In the order in which the user typed into them */
  conflicts: FieldConflict<Row>[];
}

/** Puts the edits on a row. Fields without edits follow the row. No typed value is lost: it counts, or is in a conflict. */
export function mergeEdits<Row extends object>(
  row: Row,
  edits: Edits<Row>,
  isSame: IsSame<Row> = (_field, a, b) => isSameValue(a, b),
): MergedEdits<Row> {
  const values: Row = { ...row };
  const dirtyFields: FieldOf<Row>[] = [];
  const conflicts: FieldConflict<Row>[] = [];
  for (const field of editedFields(edits)) {
    const { mine, base, choice } = edits[field]!;
    const theirs = row[field];
    const isChanged = !isSame(field, mine, base);
    const isTheirsNew = !isSame(field, theirs, base);
    const isOpen = isChanged && isTheirsNew && !isSame(field, mine, theirs);
    const side = getSide(choice, (over) => isSame(field, over, theirs));
    if (isOpen) conflicts.push({ field, base, mine, theirs, choice: side });
    if (side === 'theirs') continue;
    // A value that is only written in another way stays in the input as it was typed, until the row changes.
    if (isChanged || !isTheirsNew) values[field] = mine;
    if (isChanged && !isSame(field, mine, theirs)) dirtyFields.push(field);
  }
  return { values, dirtyFields, conflicts };
}

/** A choice for mine counts only against the value that the user has seen. */
function getSide<Value>(
  choice: FieldEdit<Value>['choice'],
  isSeen: (over: Value) => boolean,
): Side | undefined {
  if (choice === undefined || choice.side === 'theirs') return choice?.side;
  return isSeen(choice.over) ? 'mine' : undefined;
}

/**
 * The version of the data that a save is based on. While the user has not chosen, it is that before the change of somebody
 * else, so that the server refuses the save.
 */
export function getSaveVersion<Row extends object>(
  edits: Edits<Row>,
  conflicts: readonly FieldConflict<Row>[],
  loadedVersion: number | undefined,
): number | undefined {
  const open = conflicts.filter(({ choice }) => choice === undefined);
  const versions = open.map(({ field }) => edits[field]?.version).filter((version) => version !== undefined);
  return versions.length === 0 ? loadedVersion : Math.min(...versions);
}
