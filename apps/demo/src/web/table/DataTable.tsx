import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useRowKeys } from './useRowKeys.ts';

export interface Column<Row> {
  id: string;
  header: ReactNode;
  /** Sorts by this name of the API when its header is pressed */
  sort?: string;
  /** The direction of the first press. Numbers start with the largest */
  firstDir?: 'asc' | 'desc';
  align?: 'right';
  /** Columns that are hidden for room: `wide` ones on a phone, `wider` and `widest` ones earlier */
  show?: 'wide' | 'wider' | 'widest';
  cell: (row: Row) => ReactNode;
}

export interface DataTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[] | undefined;
  idOf: (row: Row) => string | number;
  sort: string;
  dir: 'asc' | 'desc';
  onSort: (sort: string, dir: 'asc' | 'desc') => void;
  /** Older rows are shown while others are loading */
  isStale?: boolean;
  empty: ReactNode;
  onOpen?: (row: Row) => void;
  openId?: string | number | undefined;
  selecting?: {
    isSelected: (row: Row) => boolean;
    onToggle: (row: Row) => void;
    onTogglePage: () => void;
    page: 'all' | 'some' | 'none';
  };
}

const SKELETON_ROWS = 14;

/** A dense table with a sticky header. Arrow keys move between rows, Enter opens, Space selects. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, idOf, selecting, onOpen } = props;
  const keys = useRowKeys({
    onOpen: (index) => rows?.[index] !== undefined && onOpen?.(rows[index]),
    onSelect: (index) => rows?.[index] !== undefined && selecting?.onToggle(rows[index]),
  });
  return (
    <div className="tableScroll" data-stale={props.isStale || undefined}>
      <table className="table" aria-label={props.label} aria-busy={rows === undefined}>
        <thead>
          <tr>
            {selecting && (
              <th className="col-select" scope="col">
                <input
                  type="checkbox"
                  aria-label="Select all rows of this page"
                  data-testid="select-page"
                  checked={selecting.page === 'all'}
                  ref={(box) => {
                    if (box) box.indeterminate = selecting.page === 'some';
                  }}
                  onChange={selecting.onTogglePage}
                />
              </th>
            )}
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} {...props} />
            ))}
          </tr>
        </thead>
        <tbody ref={keys.bodyRef} onKeyDown={keys.onKeyDown}>
          {rows?.map((row, index) => {
            const id = idOf(row);
            return (
              <tr
                key={id}
                data-row-id={id}
                data-open={props.openId === id || undefined}
                data-selected={selecting?.isSelected(row) || undefined}
                data-opens={onOpen ? true : undefined}
                tabIndex={index === 0 ? 0 : -1}
                onClick={(event) => {
                  if ((event.target as HTMLElement).closest('a, button, input, label')) return;
                  onOpen?.(row);
                }}
              >
                {selecting && (
                  <td className="col-select">
                    <label className="selectBox">
                      <input
                        type="checkbox"
                        tabIndex={-1}
                        aria-label={`Select row ${id}`}
                        checked={selecting.isSelected(row)}
                        onChange={() => selecting.onToggle(row)}
                      />
                    </label>
                  </td>
                )}
                {columns.map((column) => (
                  <td
                    key={column.id}
                    className={`col-${column.id}`}
                    data-align={column.align}
                    data-show={column.show}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {rows === undefined && <SkeletonRows columns={columns} hasSelect={selecting !== undefined} />}
        </tbody>
      </table>
      {rows?.length === 0 && props.empty}
    </div>
  );
}

function HeaderCell<Row>({ column, sort, dir, onSort }: { column: Column<Row> } & DataTableProps<Row>) {
  const isSorted = column.sort !== undefined && column.sort === sort;
  const direction = dir === 'asc' ? 'ascending' : 'descending';
  return (
    <th
      scope="col"
      className={`col-${column.id}`}
      data-align={column.align}
      data-show={column.show}
      aria-sort={isSorted ? direction : undefined}
    >
      {column.sort === undefined ? (
        column.header
      ) : (
        <button
          type="button"
          className="sortButton"
          onClick={() =>
            onSort(column.sort!, isSorted ? (dir === 'asc' ? 'desc' : 'asc') : (column.firstDir ?? 'asc'))
          }
        >
          {column.header}
          <span className="sortButton-arrow" aria-hidden>
            {isSorted && (dir === 'asc' ? <ArrowUp size={12} /> : <ArrowDown size={12} />)}
          </span>
        </button>
      )}
    </th>
  );
}

function SkeletonRows<Row>({ columns, hasSelect }: { columns: Column<Row>[]; hasSelect: boolean }) {
  return Array.from({ length: SKELETON_ROWS }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
    <tr key={row} className="skeletonRow" aria-hidden>
      {hasSelect && <td className="col-select" />}
      {columns.map((column) => (
        <td key={column.id} className={`col-${column.id}`} data-align={column.align} data-show={column.show}>
          <span className="skeleton" />
        </td>
      ))}
    </tr>
  ));
}
