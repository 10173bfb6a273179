/** The actions of a form on its draft. Each action reads the shelf, so that several in one turn of the page add up. */
import type { RecordKey } from '@rowlock/protocol';
import type { DraftOwner, DraftShelf } from './draftShelf.ts';
import {
  choose,
  type Edits,
  type FieldOf,
  type LoadedRow,
  type Side,
  setField,
  settleSaved,
} from './edits.ts';
import { type IsSame, mergeEdits } from './mergeEdits.ts';
import { type SavedRow, withSaved } from './newestRow.ts';

/** A successful save. */
export interface SavedDraft<Row extends object> {
  /** The values that were sent. Values typed since then stay in the form */
  submitted: Partial<Row>;
  /** The row as the server has stored it. Default: as it was sent */
  saved?: Partial<Row> | undefined;
  /** The version of the save: the header `Rowlock-Version` of its answer */
  version?: number | undefined;
}

export interface DraftFormOptions<Row extends object> {
  shelf: DraftShelf;
  owner: DraftOwner;
  key: RecordKey;
  /** The row that the form was given last */
  given: LoadedRow<Row>;
  isSame: IsSame<Row> | undefined;
}

export class DraftForm<Row extends object> {
  readonly #options: DraftFormOptions<Row>;

  constructor(options: DraftFormOptions<Row>) {
    this.#options = options;
  }

  readonly setField = <Field extends FieldOf<Row>>(field: Field, value: Row[Field]): void =>
    this.#write(setField(this.#edits, field, value, this.#newest));

  readonly keepMine = (...fields: FieldOf<Row>[]): void => this.#choose('mine', fields);

  readonly takeTheirs = (...fields: FieldOf<Row>[]): void => this.#choose('theirs', fields);

  readonly discard = (): void => {
    const { shelf, owner, key } = this.#options;
    shelf.discard(owner, key);
  };

  readonly undoDiscard = (): void => {
    const { shelf, owner, key } = this.#options;
    shelf.undoDiscard(owner, key);
  };

  readonly markSaved = ({ submitted, saved = submitted, version }: SavedDraft<Row>): void => {
    const { shelf, owner, key, given } = this.#options;
    const edits = this.#edits;
    const savedRow: SavedRow = { row: saved, version, over: given.row };
    shelf.noteSaved(owner, key, savedRow, settleSaved(edits, submitted, withSaved(given, savedRow)));
  };

  get #edits(): Edits<Row> {
    const { shelf, owner, key } = this.#options;
    return shelf.get(owner, key).edits as Edits<Row>;
  }

  get #newest(): LoadedRow<Row> {
    const { shelf, owner, key, given } = this.#options;
    return withSaved(given, shelf.get(owner, key).saved);
  }

  #choose(side: Side, fields: readonly FieldOf<Row>[]): void {
    const { row } = this.#newest;
    const { conflicts } = mergeEdits(row, this.#edits, this.#options.isSame);
    const chosen = fields.length > 0 ? fields : conflicts.map(({ field }) => field);
    this.#write(choose(this.#edits, chosen, side, row));
  }

  #write(edits: Edits<Row>): void {
    const { shelf, owner, key, isSame } = this.#options;
    const { dirtyFields } = mergeEdits(this.#newest.row, edits, isSame);
    shelf.setEdits(owner, key, edits, dirtyFields.length > 0);
  }
}
