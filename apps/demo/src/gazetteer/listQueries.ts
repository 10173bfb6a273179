/** The query strings of the lists: filters, sorting, paging. */
import { z } from 'zod';
import { cityFilter, cityId, countryId } from './cityFilter.ts';
import { RUN_STATES } from './runView.ts';

const MAX_PAGE_SIZE = 1_000;

const dir = z.enum(['asc', 'desc']).default('asc');
const paging = {
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(50),
};
const q = z.string().trim().max(100).optional();

const CITY_SORTS = [
  'name',
  'country',
  'region',
  'population',
  'populationShare',
  'normalisedName',
  'updatedAt',
] as const;
const COUNTRY_SORTS = ['name', 'continent', 'population', 'cityCount', 'areaKm2'] as const;
const REGION_SORTS = ['id', 'country', 'population', 'cityCount'] as const;

export const cityListQuery = z.strictObject({
  ...cityFilter.shape,
  /** Only these ids, separated by commas */
  ids: z
    .string()
    .transform((text): unknown[] => text.split(','))
    .pipe(z.array(cityId).min(1).max(MAX_PAGE_SIZE))
    .optional(),
  sort: z.enum(CITY_SORTS).default('name'),
  dir,
  ...paging,
});
export type CityListQuery = z.infer<typeof cityListQuery>;

export const countryListQuery = z.strictObject({
  q,
  sort: z.enum(COUNTRY_SORTS).default('name'),
  dir,
  ...paging,
});
export type CountryListQuery = z.infer<typeof countryListQuery>;

export const regionListQuery = z.strictObject({
  /** Part of the region's code or of its country's name */
  q,
  country: countryId.optional(),
  sort: z.enum(REGION_SORTS).default('id'),
  dir,
  ...paging,
});
export type RegionListQuery = z.infer<typeof regionListQuery>;

const RUN_SORTS = ['createdAt', 'label', 'actor', 'rowCount', 'failedCount'] as const;

export const runListQuery = z.strictObject({
  /** Part of the task's label, or of the name of the user who launched it */
  q,
  state: z.enum(RUN_STATES).optional(),
  sort: z.enum(RUN_SORTS).default('createdAt'),
  ...paging,
  dir: z.enum(['asc', 'desc']).default('desc'),
});
export type RunListQuery = z.infer<typeof runListQuery>;
