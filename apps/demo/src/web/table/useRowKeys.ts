import { type KeyboardEvent, useRef } from 'react';

/** Arrow keys, Home and End move the focus from row to row. Tab reaches one row at a time. */
export function useRowKeys(actions: { onOpen: (index: number) => void; onSelect: (index: number) => void }) {
  const bodyRef = useRef<HTMLTableSectionElement>(null);

  const focusRow = (index: number) => {
    const rows = bodyRef.current?.rows;
    const row = rows?.[Math.max(0, Math.min(rows.length - 1, index))];
    if (!rows || !row) return;
    for (const other of rows) other.tabIndex = other === row ? 0 : -1;
    row.focus();
    row.scrollIntoView({ block: 'nearest' });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const row = event.target as HTMLElement;
    if (!(row instanceof HTMLTableRowElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    const index = row.sectionRowIndex;
    switch (event.key) {
      case 'ArrowDown':
        focusRow(index + 1);
        break;
      case 'ArrowUp':
        focusRow(index - 1);
        break;
      case 'Home':
        focusRow(0);
        break;
      case 'End':
        focusRow(Number.MAX_SAFE_INTEGER);
        break;
      case 'Enter':
        actions.onOpen(index);
        break;
      case ' ':
        actions.onSelect(index);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return { bodyRef, onKeyDown };
}
