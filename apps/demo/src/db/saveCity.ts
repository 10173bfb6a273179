/** Saves a city from the edit form, under a fence. */

import { withSealedRows } from '@rowlock/server/sql';
import type { CityEdit } from '../gazetteer/cityEdit.ts';
import type { CityView } from '../gazetteer/cityView.ts';
import { searchKey } from '../gazetteer/foldName.ts';
import type { Gazetteer } from './openDatabase.ts';
import { findCity } from './readCities.ts';

export type SaveOutcome =
  | { kind: 'saved'; city: CityView }
  | { kind: 'wrong region'; regionId: string; countryName: string }
  | { kind: 'not found' };

/** @throws {FencedOffError} if a later lease has written the row */
export async function saveCity(
  db: Gazetteer,
  id: number,
  edit: CityEdit,
  by: { name: string; fence: string; now: number },
): Promise<SaveOutcome> {
  const rows = { table: 'cities', ids: [id], fence: by.fence } as const;
  const outcome = await withSealedRows(db, rows, async (trx): Promise<SaveOutcome['kind']> => {
    const city = await trx
      .selectFrom('cities')
      .select(['version', 'countryId'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (!city) return 'not found';
    if (edit.regionId && !(await isRegionInCountry(trx, edit.regionId, city.countryId)))
      return 'wrong region';
    await trx
      .updateTable('cities')
      .set({
        ...edit,
        searchName: searchKey(edit.name),
        version: city.version + 1,
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
  if (outcome === 'wrong region') {
    return { kind: 'wrong region', regionId: edit.regionId ?? '', countryName: current.countryName };
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
