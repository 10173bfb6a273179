/** The order of a list, between its address and TanStack Table. */
import type { SortingState } from '@tanstack/react-table';
import type { Columns } from './tableFeatures.ts';

export interface SortOrder {
  /** The API's name */
  sort: string;
  dir: 'asc' | 'desc';
}

export function toSorting<Item extends object>(
  columns: Columns<Item>,
  { sort, dir }: SortOrder,
): SortingState {
  const column = columns.find(({ id, meta }) => (meta?.sort ?? id) === sort);
  return column?.id === undefined ? [] : [{ id: column.id, desc: dir === 'desc' }];
}

export function fromSorting<Item extends object>(
  columns: Columns<Item>,
  [first]: SortingState,
): SortOrder | undefined {
  const column = columns.find(({ id }) => id === first?.id);
  const sort = column?.meta?.sort ?? column?.id;
  return first && sort !== undefined ? { sort, dir: first.desc ? 'desc' : 'asc' } : undefined;
}
