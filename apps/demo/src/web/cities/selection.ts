/** Which rows are selected: some by id, or all that match the filter. */
import type { CityFilter, CitySelection } from '../../gazetteer/cityFilter.ts';

export type Selection = { kind: 'some'; ids: ReadonlySet<number> } | { kind: 'all' };

export const NOTHING: Selection = { kind: 'some', ids: new Set() };

export const isSelected = (selection: Selection, id: number): boolean =>
  selection.kind === 'all' || selection.ids.has(id);

export const countSelected = (selection: Selection, total: number): number =>
  selection.kind === 'all' ? total : selection.ids.size;

/** Taking one row out of "all" leaves the others of its page: what is selected is then what is seen. */
export function toggle(selection: Selection, id: number, idsOfPage: readonly number[]): Selection {
  const ids = new Set(selection.kind === 'all' ? idsOfPage : selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { kind: 'some', ids };
}

/** The box in the header: all of this page, or none of it. */
export function togglePage(selection: Selection, idsOfPage: readonly number[]): Selection {
  if (selection.kind === 'all') return NOTHING;
  const ids = new Set(selection.ids);
  const isWhole = idsOfPage.every((id) => ids.has(id));
  for (const id of idsOfPage) {
    if (isWhole) ids.delete(id);
    else ids.add(id);
  }
  return { kind: 'some', ids };
}

/** As the API takes it. */
export const toInput = (selection: Selection, filter: CityFilter): CitySelection =>
  selection.kind === 'some' ? { ids: [...selection.ids] } : { filter };
