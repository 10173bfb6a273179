/** The queries of the pages. Nothing is reloaded on a timer: `useLiveQueries` knows when rows have changed. */
import { parseVersionHeader, VERSION_HEADER } from '@rowlock/protocol';
import { keepPreviousData, QueryClient, useQuery } from '@tanstack/react-query';
import type { CityView, CountryView, Page, RegionView } from '../gazetteer/cityView.ts';
import type { RunPage } from '../gazetteer/runView.ts';
import type { User } from '../gazetteer/users.ts';
import { OfflineError, request, send } from './request.ts';

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => error instanceof OfflineError && failures < 1,
      },
    },
  });

/** The queries that depend on cities: their lists, and the sums of countries and regions. */
export const PLACE_KEYS = ['cities', 'city', 'countries', 'regions'] as const;

const withQuery = (path: string, params: URLSearchParams): string => `${path}?${params.toString()}`;

export const useCities = (params: URLSearchParams) =>
  useQuery({
    queryKey: ['cities', params.toString()],
    queryFn: ({ signal }) => request<Page<CityView>>(withQuery('/api/cities', params), { signal }),
    placeholderData: keepPreviousData,
  });

/** With the version of the data, which a save sends back. */
export const useCity = (id: number) =>
  useQuery({
    queryKey: ['city', id],
    queryFn: async ({ signal }) => {
      const answer = await send(`/api/cities/${id}`, { signal });
      const version = parseVersionHeader(answer.headers.get(VERSION_HEADER) ?? '');
      return { city: (await answer.json()) as CityView, version };
    },
  });

export const useCountries = (params: URLSearchParams) =>
  useQuery({
    queryKey: ['countries', params.toString()],
    queryFn: ({ signal }) => request<Page<CountryView>>(withQuery('/api/countries', params), { signal }),
    placeholderData: keepPreviousData,
  });

export const useRegions = (params: URLSearchParams) =>
  useQuery({
    queryKey: ['regions', params.toString()],
    queryFn: ({ signal }) => request<Page<RegionView>>(withQuery('/api/regions', params), { signal }),
    placeholderData: keepPreviousData,
  });

/** Reloaded when the live channel reports a task: see `useRefreshRuns`. */
export const useRuns = (params: URLSearchParams) =>
  useQuery({
    queryKey: ['runs', params.toString()],
    queryFn: ({ signal }) => request<RunPage>(withQuery('/api/runs', params), { signal }),
    placeholderData: keepPreviousData,
  });

/** For menus. */
export const useCountryNames = () =>
  useQuery({
    queryKey: ['country-names'],
    queryFn: async () => (await request<Page<CountryView>>('/api/countries?sort=name&pageSize=500')).rows,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** For menus: the regions of one country. */
export const useRegionsOf = (countryId: string | undefined) =>
  useQuery({
    queryKey: ['region-names', countryId],
    queryFn: async () =>
      (await request<Page<RegionView>>(`/api/regions?country=${countryId}&sort=id&pageSize=500`)).rows,
    enabled: countryId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Names for ids, such as the rows of a conflict. */
export const useCityNames = (ids: number[]) =>
  useQuery({
    queryKey: ['city-names', ids.join()],
    queryFn: async () => {
      const { rows } = await request<Page<CityView>>(`/api/cities?ids=${ids.join()}&pageSize=500`);
      return new Map(rows.map(({ id, name }) => [id, name]));
    },
    enabled: ids.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useUsers = () =>
  useQuery({
    queryKey: ['users'],
    queryFn: async () => (await request<{ users: User[] }>('/api/users')).users,
    staleTime: Number.POSITIVE_INFINITY,
  });
