/**
 * The edits of a user in a form of a row, field by field, without React and without a place to store them. Each edit keeps
 * the value that it replaces, so that it can be merged with a newer state of the row.
 */

/** The names of a row's fields. */
export type FieldOf<Row extends object> = Extract<keyof Row, string>;

/** Whose value of a field counts: the one that the user typed, or the one that the row has now. */
export type Side = 'mine' | 'theirs';

/** One field that the user has typed into. */
export interface FieldEdit<Value = unknown> {
  /** The typed value */
  mine: Value;
  /** The value of the row when the user began to type */
  base: Value;
  /** The version of the data that had `base` */
  version?: number;
  /** The user's choice after somebody else had changed the field to `over` */
  choice?: { side: Side; over: Value };
}

/** The fields that the user has typed into. JSON. */
export type Edits<Row extends object> = { readonly [Field in FieldOf<Row>]?: FieldEdit<Row[Field]> };

// biome-ignore lint/suspicious/noExplicitAny: the rows of an application are its own
export type AnyEdits = Edits<any>;

/** A row as it was loaded, and the version of the data. */
export interface LoadedRow<Row extends object> {
  row: Row;
  version: number | undefined;
}

export const NO_EDITS: Edits<never> = Object.freeze({});

/** The user has typed a value. A value that is exactly that of the row is no edit. */
export function setField<Row extends object, Field extends FieldOf<Row>>(
  edits: Edits<Row>,
  field: Field,
  value: Row[Field],
  loaded: LoadedRow<Row>,
): Edits<Row> {
  const { row, version } = loaded;
  if (isSameValue(value, row[field])) return withoutFields(edits, [field]);
  const before = edits[field];
  // The conflict stays open: further typing is still based on the older value.
  if (before && !before.choice) return { ...edits, [field]: { ...before, mine: value } };
  const edit: FieldEdit<Row[Field]> = {
    mine: value,
    base: row[field],
    ...(version !== undefined && { version }),
  };
  return { ...edits, [field]: edit };
}

/** The user has chosen whose values of these fields count, now that they have seen those of `row`. */
export function choose<Row extends object>(
  edits: Edits<Row>,
  fields: readonly FieldOf<Row>[],
  side: Side,
  row: Row,
): Edits<Row> {
  const chosen: Record<string, FieldEdit> = {};
  for (const field of fields) {
    const edit = edits[field];
    if (edit) chosen[field] = { ...edit, choice: { side, over: row[field] } };
  }
  return { ...edits, ...chosen };
}

/** The row was saved with these values. Later edits stay, as edits of the saved row. */
export function settleSaved<Row extends object>(
  edits: Edits<Row>,
  submitted: Partial<Row>,
  saved: LoadedRow<Row>,
): Edits<Row> {
  let rest: Edits<Row> = NO_EDITS;
  for (const field of editedFields(edits)) {
    const edit = edits[field]!;
    const isSaved =
      edit.choice?.side === 'theirs' || !(field in submitted) || isSameValue(edit.mine, submitted[field]);
    if (!isSaved) rest = setField(rest, field, edit.mine, saved);
  }
  return rest;
}

export const editedFields = <Row extends object>(edits: Edits<Row>): FieldOf<Row>[] =>
  Object.keys(edits) as FieldOf<Row>[];

function withoutFields<Row extends object>(edits: Edits<Row>, fields: readonly string[]): Edits<Row> {
  const left = Object.entries(edits).filter(([field]) => !fields.includes(field));
  return left.length === 0 ? NO_EDITS : (Object.fromEntries(left) as Edits<Row>);
}

/** The same value, or JSON of the same content. */
export const isSameValue = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) || (isObject(a) && isObject(b) && JSON.stringify(a) === JSON.stringify(b));

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
