/**
 * Reads countries and regions. Each read sums the populations of their cities, so the numbers are right while tasks change
 * the cities. An index with the population makes a sum take milliseconds.
 */
import { sql } from 'kysely';
import type { CountryView, Page, RegionView } from '../gazetteer/cityView.ts';
import { searchKey } from '../gazetteer/foldName.ts';
import type { CountryListQuery, RegionListQuery } from '../gazetteer/listQueries.ts';
import type { Gazetteer } from './openDatabase.ts';
import { nameContains } from './whereCities.ts';

const COUNTRY_SORT = {
  name: 'countries.search_name',
  continent: 'countries.continent',
  population: 'population',
  cityCount: 'city_count',
  areaKm2: 'countries.area_km2',
} as const satisfies Record<CountryListQuery['sort'], string>;

export async function listCountries(db: Gazetteer, query: CountryListQuery): Promise<Page<CountryView>> {
  const { q, page, pageSize } = query;
  const matching = q
    ? db.selectFrom('countries').where(nameContains('countries.search_name', q))
    : db.selectFrom('countries');
  const { total } = await matching
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await countryViews(matching)
    .orderBy(sql.raw(COUNTRY_SORT[query.sort]), query.dir)
    .orderBy('countries.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { rows, total: Number(total), page, pageSize };
}

export const findCountry = (db: Gazetteer, id: string): Promise<CountryView | undefined> =>
  countryViews(db.selectFrom('countries').where('countries.id', '=', id)).executeTakeFirst();

const REGION_SORT = {
  id: 'regions.id',
  country: 'countries.search_name',
  population: 'population',
  cityCount: 'city_count',
} as const satisfies Record<RegionListQuery['sort'], string>;

export async function listRegions(db: Gazetteer, query: RegionListQuery): Promise<Page<RegionView>> {
  const { q, country, page, pageSize } = query;
  let matching = selectRegions(db);
  if (country) matching = matching.where('regions.countryId', '=', country);
  if (q) {
    const start = `${q.toUpperCase()}%`;
    matching = matching.where((eb) =>
      eb.or([
        eb('regions.id', 'like', start),
        eb('regions.code', '=', q),
        eb(
          'regions.countryId',
          'in',
          eb
            .selectFrom('countries')
            .select('id')
            .where(nameContains('countries.search_name', searchKey(q))),
        ),
      ]),
    );
  }
  const { total } = await matching
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await regionViews(matching)
    .orderBy(sql.raw(REGION_SORT[query.sort]), query.dir)
    .orderBy('regions.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { rows, total: Number(total), page, pageSize };
}

export const findRegion = (db: Gazetteer, id: string): Promise<RegionView | undefined> =>
  regionViews(selectRegions(db).where('regions.id', '=', id)).executeTakeFirst();

const selectCountries = (db: Gazetteer) => db.selectFrom('countries');
const selectRegions = (db: Gazetteer) => db.selectFrom('regions');

const countryViews = (query: ReturnType<typeof selectCountries>) =>
  query
    .leftJoin(
      (eb) =>
        eb
          .selectFrom('cities')
          .select((sums) => [
            'cities.countryId as ofCountry',
            sums.fn.sum<number>('cities.population').as('people'),
            sums.fn.countAll<number>().as('places'),
          ])
          .groupBy('cities.countryId')
          .as('sums'),
      (join) => join.onRef('sums.ofCountry', '=', 'countries.id'),
    )
    .select([
      'countries.id',
      'countries.name',
      'countries.officialName',
      'countries.continent',
      'countries.subregion',
      'countries.capital',
      'countries.areaKm2',
      sql<number>`coalesce(sums.people, 0)`.as('population'),
      sql<number>`coalesce(sums.places, 0)`.as('cityCount'),
    ]);

const regionViews = (query: ReturnType<typeof selectRegions>) =>
  query
    .innerJoin('countries', 'countries.id', 'regions.countryId')
    .leftJoin(
      (eb) =>
        eb
          .selectFrom('cities')
          .select((sums) => [
            'cities.regionId as ofRegion',
            sums.fn.sum<number>('cities.population').as('people'),
            sums.fn.countAll<number>().as('places'),
          ])
          .groupBy('cities.regionId')
          .as('sums'),
      (join) => join.onRef('sums.ofRegion', '=', 'regions.id'),
    )
    .select((eb) => [
      'regions.id',
      'regions.code',
      'regions.countryId',
      'countries.name as countryName',
      sql<number>`coalesce(sums.people, 0)`.as('population'),
      sql<number>`coalesce(sums.places, 0)`.as('cityCount'),
      eb
        .selectFrom('cities as largest')
        .select('largest.name')
        .whereRef('largest.regionId', '=', 'regions.id')
        .orderBy('largest.population', 'desc')
        .orderBy('largest.id')
        .limit(1)
        .as('largestCity'),
    ]);
