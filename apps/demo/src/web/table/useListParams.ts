/** The parameters of a list in the address. Defaults are left out. */
import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { AnySearch } from '../address/searchParams.ts';
import { useSetSearch } from '../address/useSetSearch.ts';
import type { SortOrder } from './sorting.ts';

/** Rows on a page, unless the address has another number. */
export const PAGE_SIZE = 50;

export interface ListDefaults extends SortOrder {
  /** Names of the parameters that filter */
  filters: readonly (keyof AnySearch)[];
}

export function useListParams({ sort, dir, filters }: ListDefaults) {
  const search: AnySearch = useSearch({ strict: false });
  const setSearch = useSetSearch();
  return useMemo(() => {
    const page = search.page ?? 1;
    const current = { sort: search.sort ?? sort, dir: search.dir ?? dir };
    const pageSize = search.pageSize ?? PAGE_SIZE;
    const query = new URLSearchParams({ ...current, page: String(page), pageSize: String(pageSize) });
    for (const name of filters) {
      if (search[name]) query.set(name, String(search[name]));
    }
    return {
      order: current,
      page,
      pageSize,
      /** As the API takes it */
      query,
      isFiltered: filters.some((name) => search[name]),
      onOrder: (order: SortOrder) => setSearch({ ...order, page: undefined }, 'replace'),
      clearFilters: () =>
        setSearch({ ...Object.fromEntries(filters.map((name) => [name, undefined])), page: undefined }),
    };
  }, [search, setSearch, sort, dir, filters]);
}
