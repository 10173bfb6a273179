/** Reads cities: one page, one row, or the ids of a selection. */
import { sql } from 'kysely';
import type { CitySelection } from '../gazetteer/cityFilter.ts';
import type { CityView, Page } from '../gazetteer/cityView.ts';
import type { CityListQuery } from '../gazetteer/listQueries.ts';
import type { Gazetteer } from './openDatabase.ts';
import { whereCities } from './whereCities.ts';

const SORT_COLUMN = {
  name: 'cities.search_name',
  country: 'countries.search_name',
  region: 'cities.region_id',
  population: 'cities.population',
  populationShare: 'cities.population_share',
  normalisedName: 'cities.normalised_name',
  updatedAt: 'cities.updated_at',
} as const satisfies Record<CityListQuery['sort'], string>;

/** Columns that may be empty. Rows without a value come last in both directions. */
const NULLABLE: ReadonlySet<CityListQuery['sort']> = new Set([
  'region',
  'populationShare',
  'normalisedName',
  'updatedAt',
]);

export async function listCities(db: Gazetteer, query: CityListQuery): Promise<Page<CityView>> {
  const { ids, page, pageSize } = query;
  const column = sql.raw(SORT_COLUMN[query.sort]);
  let matching = db.selectFrom('cities').where(whereCities(query));
  if (ids) matching = matching.where('cities.id', 'in', ids);

  const { total } = await matching
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  let sorted = cityViews(matching);
  if (NULLABLE.has(query.sort)) sorted = sorted.orderBy(sql`case when ${column} is null then 1 else 0 end`);
  const rows = await sorted
    .orderBy(column, query.dir)
    .orderBy('cities.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { rows, total: Number(total), page, pageSize };
}

export const findCity = (db: Gazetteer, id: number): Promise<CityView | undefined> =>
  cityViews(db.selectFrom('cities').where('cities.id', '=', id)).executeTakeFirst();

const ID_PAGE_SIZE = 5_000;

/**
 * The ids of the selected cities now, in ascending order. A filter is read page by page. Each page starts after the last
 * id of the previous page, so that every query is short and no row is read twice.
 */
export async function resolveSelection(db: Gazetteer, selection: CitySelection): Promise<number[]> {
  const ids: number[] = [];
  if ('ids' in selection) {
    const wanted = [...new Set(selection.ids)].sort((a, b) => a - b);
    for (let start = 0; start < wanted.length; start += ID_PAGE_SIZE) {
      const slice = wanted.slice(start, start + ID_PAGE_SIZE);
      const found = await db
        .selectFrom('cities')
        .select('id')
        .where('id', 'in', slice)
        .orderBy('id')
        .execute();
      for (const { id } of found) ids.push(id);
    }
    return ids;
  }
  for (let after = 0; ; ) {
    const found = await db
      .selectFrom('cities')
      .select('id')
      .where(whereCities(selection.filter))
      .where('id', '>', after)
      .orderBy('id')
      .limit(ID_PAGE_SIZE)
      .execute();
    for (const { id } of found) ids.push(id);
    if (found.length < ID_PAGE_SIZE) return ids;
    after = found.at(-1)!.id;
  }
}

type CitiesQuery = ReturnType<typeof selectCities>;
const selectCities = (db: Gazetteer) => db.selectFrom('cities');

const cityViews = (query: CitiesQuery) =>
  query
    .innerJoin('countries', 'countries.id', 'cities.countryId')
    .select([
      'cities.id',
      'cities.name',
      'cities.normalisedName',
      'cities.countryId',
      'countries.name as countryName',
      'cities.regionId',
      'cities.population',
      'cities.populationShare',
      'cities.lat',
      'cities.lon',
      'cities.featureCode',
      'cities.notes',
      'cities.updatedAt',
      'cities.updatedBy',
      'cities.version',
    ]);
