/**
 * The parameters of the addresses: plain text, as `URLSearchParams` writes it. A value that makes no sense counts as absent, so that an old
 * bookmark still opens its page.
 */
import { z } from 'zod';

// The page's security policy forbids code from text, which zod would try.
z.config({ jitless: true });

const text = z.string().optional().catch(undefined);
const positive = z.coerce.number().int().min(1).optional().catch(undefined);

/** The parameters of every list. */
const listSearch = z.object({
  /** Part of a name */
  q: text,
  sort: text,
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
  page: positive,
  /** Rows on a page */
  pageSize: positive,
});

const regionSearch = listSearch.extend({ country: text });
const citySearch = regionSearch.extend({
  region: text,
  minPopulation: positive,
  /** The city whose form is open */
  row: positive,
  /** The user has begun to edit it. A reload continues with that */
  edit: z
    .literal(['true', true])
    .transform(() => true)
    .optional()
    .catch(undefined),
});
const runSearch = listSearch.extend({ state: text });

export type ListSearch = z.infer<typeof listSearch>;
export type RegionSearch = z.infer<typeof regionSearch>;
export type CitySearch = z.infer<typeof citySearch>;
export type RunSearch = z.infer<typeof runSearch>;

/** Of any page. */
export type AnySearch = CitySearch & RunSearch;

// Functions, since the router takes the types of links from what they return. It also reads again what they have read.
export const readListSearch = (search: Record<string, unknown>): ListSearch => listSearch.parse(search);
export const readRegionSearch = (search: Record<string, unknown>): RegionSearch => regionSearch.parse(search);
export const readCitySearch = (search: Record<string, unknown>): CitySearch => citySearch.parse(search);
export const readRunSearch = (search: Record<string, unknown>): RunSearch => runSearch.parse(search);

export const parseSearch = (query: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(query));

/** Leaves out what is absent or empty. */
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const query = params.toString();
  return query && `?${query}`;
}
