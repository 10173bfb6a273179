/** A selection of cities: by ids, or by the filter of the list. The API and each task parse it. */
import { z } from 'zod';

export const MAX_POPULATION = 2_000_000_000;
/** The most ids in one selection. A filter can select more rows. */
const MAX_SELECTED_IDS = 10_000;

export const cityId = z.coerce
  .number({ error: 'a city id is a GeoNames id: a whole number' })
  .int()
  .min(1)
  .max(2_147_483_647);
export const countryId = z.string().regex(/^[A-Z]{2}$/, 'a country is two capital letters, for example FR');
export const regionId = z
  .string()
  .regex(/^[A-Z]{2}\.[A-Za-z0-9_-]{1,20}$/, 'a region is a country and a code, for example FR.11');
const population = z.coerce.number().int().min(0).max(MAX_POPULATION);

export const cityFilter = z.strictObject({
  /** Part of a name; accents and case do not matter */
  q: z.string().trim().max(100).optional(),
  country: countryId.optional(),
  region: regionId.optional(),
  minPopulation: population.optional(),
});
export type CityFilter = z.infer<typeof cityFilter>;

export const citySelection = z.union(
  [
    z.strictObject({ ids: z.array(cityId).min(1).max(MAX_SELECTED_IDS) }),
    z.strictObject({ filter: cityFilter }),
  ],
  { error: `a selection is { "ids": [1 to ${MAX_SELECTED_IDS} city ids] } or { "filter": { … } }` },
);
export type CitySelection = z.infer<typeof citySelection>;

const countryNames = new Intl.DisplayNames(['en'], { type: 'region' });

/** For labels: "France", "FR.11", "“saint” in France", "25 cities", "all cities". */
export function describeSelection(selection: CitySelection): string {
  if ('ids' in selection) {
    return selection.ids.length === 1 ? '1 city' : `${selection.ids.length.toLocaleString('en')} cities`;
  }
  const { q, country, region, minPopulation } = selection.filter;
  const place = region ?? (country && (countryNames.of(country) ?? country));
  const parts = [
    q && `“${q}”`,
    place && (q ? `in ${place}` : place),
    minPopulation && `from ${minPopulation.toLocaleString('en')} people`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(' ') : 'all cities';
}
