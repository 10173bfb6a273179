/** Saves a city from the edit form, under a fence, and only if it still has the version that the form loaded. */

import { withSealedRows } from '@rowlock/server/sql';
import type { CityEdit } from '../gazetteer/cityEdit.ts';
import type { CityView } from '../gazetteer/cityView.ts';
import { searchKey } from '../gazetteer/foldName.ts';
import type { Gazetteer } from './openDatabase.ts';
import { findCity } from './readCities.ts';

export type SaveOutcome =
  | { kind: 'saved'; city: CityView }
  | { kind: 'changed'; current: CityView }
  | { kind: 'wrong region'; regionId: string; countryName: string }
  | { kind: 'not found' };

/** @throws {FencedOffError} if a later lease has written the row */
export async function saveCity(
  db: Gazetteer,
  id: number,
  edit: CityEdit,
  by: { name: string; fence: string; now: number },
): Promise<SaveOutcome> {
  const { version, ...values } = edit;
  const rows = { table: 'cities', ids: [id], fence: by.fence } as const;
  const outcome = await withSealedRows(db, rows, async (trx): Promise<SaveOutcome['kind']> => {
    const city = await trx
      .selectFrom('cities')
      .select(['version', 'countryId'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (!city) return 'not found';
    if (city.version !== version) return 'changed';
    if (values.regionId && !(await isRegionInCountry(trx, values.regionId, city.countryId)))
      return 'wrong region';
    await trx
      .updateTable('cities')
      .set({
        ...values,
        searchName: searchKey(values.name),
        version: version + 1,
        updatedAt: by.now,
        updatedBy: by.name,
        changedByTask: null,
      })
      .where('id', '=', id)
      .execute();
    return 'saved';
  });
  const current = await findCity(db, id);
  if (!current || outcome === 'not found') return { kind: 'not found' };
  if (outcome === 'changed') return { kind: 'changed', current };
  if (outcome === 'wrong region') {
    return { kind: 'wrong region', regionId: values.regionId ?? '', countryName: current.countryName };
  }
  return { kind: 'saved', city: current };
}

const isRegionInCountry = async (db: Gazetteer, regionId: string, countryId: string): Promise<boolean> =>
  (await db
    .selectFrom('regions')
    .select('id')
    .where('id', '=', regionId)
    .where('countryId', '=', countryId)
    .executeTakeFirst()) !== undefined;
