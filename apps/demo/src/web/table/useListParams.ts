/** The parameters of a list in the address. Defaults are left out. */
import { useMemo } from 'react';
import { setParams, usePlace } from '../place.ts';

export const PAGE_SIZE = 50;

export interface ListDefaults {
  sort: string;
  dir: 'asc' | 'desc';
  /** Names of the parameters that filter */
  filters: readonly string[];
}

export function useListParams({ sort, dir, filters }: ListDefaults) {
  const { params } = usePlace();
  return useMemo(() => {
    const page = Math.max(1, Math.trunc(Number(params.get('page'))) || 1);
    const current = {
      sort: params.get('sort') ?? sort,
      dir:
        params.get('dir') === 'asc' || params.get('dir') === 'desc'
          ? (params.get('dir') as 'asc' | 'desc')
          : dir,
    };
    const query = new URLSearchParams({ ...current, page: String(page), pageSize: String(PAGE_SIZE) });
    for (const name of filters) {
      const value = params.get(name);
      if (value) query.set(name, value);
    }
    return {
      ...current,
      page,
      /** As the API takes it */
      query,
      isFiltered: filters.some((name) => params.get(name)),
      onSort: (by: string, direction: 'asc' | 'desc') =>
        setParams({ sort: by, dir: direction, page: undefined }, 'replace'),
      clearFilters: () =>
        setParams({ ...Object.fromEntries(filters.map((name) => [name, undefined])), page: undefined }),
    };
  }, [params, sort, dir, filters]);
}
