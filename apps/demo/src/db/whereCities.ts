/** Converts a filter into SQL. */
import type { ExpressionBuilder, SqlBool } from 'kysely';
import { sql } from 'kysely';
import type { CityFilter } from '../gazetteer/cityFilter.ts';
import { searchKey } from '../gazetteer/foldName.ts';
import type { GazetteerTables } from './schema.ts';

export function whereCities(filter: CityFilter) {
  return (eb: ExpressionBuilder<GazetteerTables, 'cities'>) => {
    const conditions = [];
    if (filter.country) conditions.push(eb('cities.countryId', '=', filter.country));
    if (filter.region) conditions.push(eb('cities.regionId', '=', filter.region));
    if (filter.minPopulation) conditions.push(eb('cities.population', '>=', filter.minPopulation));
    if (filter.q) conditions.push(nameContains('cities.search_name', filter.q));
    return eb.and(conditions);
  };
}

/**
 * Compares search keys, and takes `%`, `_` and `\` in the text literally. A text with an empty search key, such as "-",
 * matches no row: if it matched all rows, a task would change them all.
 */
export function nameContains(
  column: 'cities.search_name' | 'countries.search_name' | 'task_runs.search_text',
  text: string,
) {
  const key = searchKey(text);
  if (key === '') return sql<SqlBool>`1 = 0`;
  return sql<SqlBool>`${sql.raw(column)} like ${`%${key.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;
}
