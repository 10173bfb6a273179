import type { RowSelectionState } from '@tanstack/react-table';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, type RefObject } from 'react';
import { TableRow } from './TableRow.tsx';
import type { ListRow } from './tableFeatures.ts';
import { useRowFocus } from './useRowFocus.ts';
import { withGaps } from './withGaps.ts';

export interface TableBodyProps<Item extends object> {
  rows: ListRow<Item>[];
  selected: RowSelectionState;
  isSelectable: boolean;
  /** Renders only the rows in view, and the one that has the focus */
  isVirtual: boolean;
  scroller: RefObject<HTMLElement | null>;
  openId: string | undefined;
  onOpen: ((item: Item) => void) | undefined;
}

/** A row's height, until it is measured. */
const ROW_PX = 36;
/** Rows above and below the view that are ready to be scrolled to. */
const OVERSCAN = 12;

export function TableBody<Item extends object>(props: TableBodyProps<Item>) {
  const { rows, selected, isSelectable, isVirtual, scroller, openId, onOpen } = props;
  const focus = useRowFocus({
    rows,
    onOpen: (row) => onOpen?.(row.original),
    onSelect: (row) => isSelectable && row.toggleSelected(),
  });
  // eslint-disable-next-line react-hooks/incompatible-library -- rows are memoised by hand, and get only its stable `measureElement`
  const virtualizer = useVirtualizer({
    count: rows.length,
    enabled: isVirtual,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: OVERSCAN,
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), focus.index])].sort((one, other) => one - other),
  });
  const { placed, after } = isVirtual
    ? withGaps(virtualizer.getVirtualItems(), virtualizer.getTotalSize())
    : { placed: rows.map((_, index) => ({ index, gap: 0 })), after: 0 };
  return (
    <tbody ref={focus.bodyRef} {...focus.handlers}>
      {placed.map(({ index, gap }) => {
        const row = rows[index];
        if (!row) return null;
        return (
          <Fragment key={row.id}>
            {gap > 0 && <Gap heightPx={gap} />}
            <TableRow
              row={row}
              index={index}
              isSelected={selected[row.id] === true}
              isOpen={openId === row.id}
              isTabStop={index === focus.index}
              isSelectable={isSelectable}
              canOpen={onOpen !== undefined}
              measure={isVirtual ? virtualizer.measureElement : undefined}
            />
          </Fragment>
        );
      })}
      {after > 0 && <Gap heightPx={after} />}
    </tbody>
  );
}

/** Has the height of rows that are not rendered. */
const Gap = ({ heightPx }: { heightPx: number }) => <tr aria-hidden style={{ height: heightPx }} />;
