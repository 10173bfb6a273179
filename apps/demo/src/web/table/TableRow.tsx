import { FlexRender } from '@tanstack/react-table';
import { memo } from 'react';
import type { ListRow } from './tableFeatures.ts';

export interface TableRowProps<Item extends object> {
  row: ListRow<Item>;
  /** On the page, from 0 */
  index: number;
  isSelected: boolean;
  isOpen: boolean;
  /** Tab reaches this row, and none of the others */
  isTabStop: boolean;
  isSelectable: boolean;
  canOpen: boolean;
  /** Only in a list that renders some of its rows */
  measure: ((element: HTMLTableRowElement | null) => void) | undefined;
}

function Row<Item extends object>(props: TableRowProps<Item>) {
  const { row, index, isSelected, isOpen, measure } = props;
  return (
    <tr
      ref={measure}
      data-index={index}
      data-row-id={row.id}
      data-open={isOpen || undefined}
      data-selected={isSelected || undefined}
      data-opens={props.canOpen || undefined}
      // The header is the first row.
      aria-rowindex={measure ? index + 2 : undefined}
      tabIndex={props.isTabStop ? 0 : -1}
    >
      {props.isSelectable && (
        <td className="col-select">
          <label className="selectBox">
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label={`Select row ${row.id}`}
              checked={isSelected}
              onChange={row.getToggleSelectedHandler()}
            />
          </label>
        </td>
      )}
      {row.getAllCells().map((cell) => {
        const { id, columnDef } = cell.column;
        return (
          <td
            key={id}
            className={`col-${id}`}
            data-align={columnDef.meta?.align}
            data-show={columnDef.meta?.show}
          >
            <FlexRender cell={cell} />
          </td>
        );
      })}
    </tr>
  );
}

/**
 * Rendered again only if its own content or state has changed. TanStack makes all row objects again when the list is loaded again; rows with
 * the same content are then the same.
 */
export const TableRow = memo(Row, ({ row: before, ...rest }, { row, ...next }) => {
  const isSameRow = before.id === row.id && before.original === row.original;
  return (
    isSameRow && Object.entries(rest).every(([name, value]) => next[name as keyof typeof next] === value)
  );
}) as typeof Row;
