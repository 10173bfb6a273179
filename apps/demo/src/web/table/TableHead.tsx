import { FlexRender, type Header, type ReactTable } from '@tanstack/react-table';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { Features } from './tableFeatures.ts';

export interface TableHeadProps<Item extends object> {
  table: ReactTable<Features, Item>;
  isSelectable: boolean;
  isVirtual: boolean;
}

export function TableHead<Item extends object>({ table, isSelectable, isVirtual }: TableHeadProps<Item>) {
  return (
    <thead>
      {table.getHeaderGroups().map(({ id, headers }) => (
        <tr key={id} aria-rowindex={isVirtual ? 1 : undefined}>
          {isSelectable && (
            <th className="col-select" scope="col">
              <SelectPage table={table} />
            </th>
          )}
          {headers.map((header) => (
            <HeaderCell key={header.id} header={header} />
          ))}
        </tr>
      ))}
    </thead>
  );
}

/** All rows of the page, some of them, or none. */
function SelectPage<Item extends object>({ table }: { table: ReactTable<Features, Item> }) {
  const isAll = table.getIsAllRowsSelected();
  const isSome = !isAll && table.getRowModel().rows.some((row) => row.getIsSelected());
  return (
    <input
      type="checkbox"
      aria-label="Select all rows of this page"
      data-testid="select-page"
      checked={isAll}
      ref={(box) => {
        if (box) box.indeterminate = isSome;
      }}
      onChange={table.getToggleAllRowsSelectedHandler()}
    />
  );
}

const ARIA_SORT = { asc: 'ascending', desc: 'descending' } as const;

function HeaderCell<Item extends object>({ header }: { header: Header<Features, Item, unknown> }) {
  const { column } = header;
  const look = column.columnDef.meta;
  const sorted = column.getIsSorted();
  const name = <FlexRender header={header} />;
  return (
    <th
      scope="col"
      className={`col-${column.id}`}
      data-align={look?.align}
      data-show={look?.show}
      aria-sort={sorted ? ARIA_SORT[sorted] : undefined}
    >
      {column.getCanSort() ? (
        <button type="button" className="sortButton" onClick={column.getToggleSortingHandler()}>
          {name}
          <span className="sortButton-arrow" aria-hidden>
            {sorted && (sorted === 'asc' ? <ArrowUp size={12} /> : <ArrowDown size={12} />)}
          </span>
        </button>
      ) : (
        name
      )}
    </th>
  );
}
