import { type FocusEvent, type KeyboardEvent, type MouseEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { ListRow } from './tableFeatures.ts';

export interface RowActions<Item extends object> {
  rows: ListRow<Item>[];
  onOpen: (row: ListRow<Item>) => void;
  onSelect: (row: ListRow<Item>) => void;
}

/** Arrow keys, Home and End move the focus from row to row. Tab reaches one row at a time. Enter or a press opens, Space selects. */
export function useRowFocus<Item extends object>({ rows, onOpen, onSelect }: RowActions<Item>) {
  const bodyRef = useRef<HTMLTableSectionElement>(null);
  const [activeId, setActiveId] = useState<string>();
  const index = Math.max(
    0,
    rows.findIndex(({ id }) => id === activeId),
  );
  const findRow = (element: EventTarget) =>
    rows.find(
      ({ id }) => id === (element as HTMLElement).closest<HTMLElement>('[data-row-id]')?.dataset.rowId,
    );

  const focusRow = (wanted: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, wanted))];
    if (!row) return;
    // A row that was not in view is rendered first.
    flushSync(() => setActiveId(row.id));
    const element = bodyRef.current?.querySelector<HTMLElement>(`[data-row-id="${CSS.escape(row.id)}"]`);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: 'nearest' });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!(event.target instanceof HTMLTableRowElement)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = findRow(event.target);
    if (!row) return;
    const at = rows.indexOf(row);
    switch (event.key) {
      case 'ArrowDown':
        focusRow(at + 1);
        break;
      case 'ArrowUp':
        focusRow(at - 1);
        break;
      case 'Home':
        focusRow(0);
        break;
      case 'End':
        focusRow(rows.length - 1);
        break;
      case 'Enter':
        onOpen(row);
        break;
      case ' ':
        onSelect(row);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const onClick = (event: MouseEvent<HTMLElement>) => {
    if ((event.target as HTMLElement).closest('a, button, input, label')) return;
    const row = findRow(event.target);
    if (row) onOpen(row);
  };

  const onFocus = (event: FocusEvent<HTMLElement>) => setActiveId(findRow(event.target)?.id);

  return { bodyRef, index, handlers: { onKeyDown, onClick, onFocus } };
}
