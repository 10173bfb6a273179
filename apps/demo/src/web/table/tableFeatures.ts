/** The parts of TanStack Table that lists use. The server sorts and pages, so no part here orders rows. */
import {
  metaHelper,
  type Row,
  rowSelectionFeature,
  rowSortingFeature,
  type TableOptions,
  tableFeatures,
} from '@tanstack/react-table';

/** The facts of a column that its header and its cells do not say. */
export interface ColumnLook {
  /** The API sorts by this name when the header is pressed. Default: the column's id */
  sort?: string;
  align?: 'right';
  /** Columns that are hidden for room: `wide` ones in a narrow list, `wider` and `widest` ones earlier */
  show?: 'wide' | 'wider' | 'widest';
}

export const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  columnMeta: metaHelper<ColumnLook>(),
});

export type Features = typeof features;
/** The columns of a list. Accessor columns can be sorted, display columns cannot. */
export type Columns<Item extends object> = TableOptions<Features, Item>['columns'];
export type ListRow<Item extends object> = Row<Features, Item>;
