import { functionalUpdate, type RowSelectionState, useTable } from '@tanstack/react-table';
import { type ReactNode, useMemo, useRef } from 'react';
import { SkeletonRows } from './SkeletonRows.tsx';
import { fromSorting, type SortOrder, toSorting } from './sorting.ts';
import { TableBody } from './TableBody.tsx';
import { TableHead } from './TableHead.tsx';
import { type Columns, features } from './tableFeatures.ts';

export interface DataTableProps<Item extends object> {
  label: string;
  columns: Columns<Item>;
  /** Of this page, in the server's order. Undefined while the first ones are loading */
  rows: Item[] | undefined;
  idOf: (item: Item) => string | number;
  order: SortOrder;
  onOrder: (order: SortOrder) => void;
  /** Older rows are shown while others are loading */
  isStale?: boolean;
  empty: ReactNode;
  onOpen?: (item: Item) => void;
  openId?: string | number | undefined;
  selecting?: {
    selected: RowSelectionState;
    onSelect: (selected: RowSelectionState) => void;
  };
}

const NO_ROWS: never[] = [];
const NONE: RowSelectionState = {};
/** A page with more rows renders only those in view. */
const MAX_RENDERED_ROWS = 100;

/** A dense table with a sticky header. Arrow keys move between rows, Enter opens, Space selects. */
export function DataTable<Item extends object>(props: DataTableProps<Item>) {
  const { columns, rows, idOf, order, onOrder, selecting, onOpen } = props;
  const { sort, dir } = order;
  const scroller = useRef<HTMLDivElement>(null);
  const sorting = useMemo(() => toSorting(columns, { sort, dir }), [columns, sort, dir]);
  const selected = selecting?.selected ?? NONE;
  const table = useTable({
    features,
    columns,
    data: rows ?? NO_ROWS,
    getRowId: (item) => String(idOf(item)),
    state: { sorting, rowSelection: selected },
    manualSorting: true,
    enableSortingRemoval: false,
    enableMultiSort: false,
    sortDescFirst: false,
    onSortingChange: (updater) => {
      const next = fromSorting(columns, functionalUpdate(updater, sorting));
      if (next) onOrder(next);
    },
    onRowSelectionChange: (updater) => selecting?.onSelect(functionalUpdate(updater, selected)),
  });
  const isVirtual = (rows?.length ?? 0) > MAX_RENDERED_ROWS;
  return (
    <div ref={scroller} className="tableScroll" data-stale={props.isStale || undefined}>
      <table
        className="table"
        aria-label={props.label}
        aria-busy={rows === undefined}
        aria-rowcount={isVirtual ? rows!.length + 1 : undefined}
      >
        <TableHead table={table} isSelectable={selecting !== undefined} isVirtual={isVirtual} />
        {rows === undefined ? (
          <SkeletonRows columns={columns} hasSelect={selecting !== undefined} />
        ) : (
          <TableBody
            rows={table.getRowModel().rows}
            selected={selected}
            isSelectable={selecting !== undefined}
            isVirtual={isVirtual}
            scroller={scroller}
            openId={props.openId === undefined ? undefined : String(props.openId)}
            onOpen={onOpen}
          />
        )}
      </table>
      {rows?.length === 0 && props.empty}
    </div>
  );
}
