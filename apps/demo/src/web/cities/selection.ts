/** Which rows are selected: some by id, or all that match the filter. */
import type { RowSelectionState } from '@tanstack/react-table';
import type { CityFilter, CitySelection } from '../../gazetteer/cityFilter.ts';

/** Some may be on other pages. */
export type Selection = { kind: 'some'; rows: RowSelectionState } | { kind: 'all' };

export const NOTHING: Selection = { kind: 'some', rows: {} };

export const countSelected = (selection: Selection, total: number): number =>
  selection.kind === 'all' ? total : Object.keys(selection.rows).length;

/** As the table takes it. If a row is then removed from "all", the others of its page stay: what is selected is then what is seen. */
export const toRows = (selection: Selection, idsOfPage: readonly number[]): RowSelectionState =>
  selection.kind === 'all' ? Object.fromEntries(idsOfPage.map((id) => [id, true])) : selection.rows;

/** As the API takes it. */
export const toInput = (selection: Selection, filter: CityFilter): CitySelection =>
  selection.kind === 'some' ? { ids: Object.keys(selection.rows).map(Number) } : { filter };
