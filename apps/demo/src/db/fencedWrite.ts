/**
 * Writes cities under a fence. A holder may have lost its lease without knowing it, so the database itself refuses late
 * writes: each row stores the highest fence that has written it.
 *
 * Within a transaction, the fence is written to the rows before they are read ("sealed"). Then no late write of an older
 * holder can change a row between the read and the write.
 */
import { withSealedRows } from '@rowlock/server/sql';
import type { Selectable, Updateable } from 'kysely';
import type { Gazetteer } from './openDatabase.ts';
import type { CitiesTable } from './schema.ts';

export type SealedCity = Pick<
  Selectable<CitiesTable>,
  'id' | 'name' | 'countryId' | 'population' | 'notes' | 'changedByTask' | 'version'
>;

export type CityChange = Pick<
  Updateable<CitiesTable>,
  'name' | 'searchName' | 'normalisedName' | 'regionId' | 'population' | 'populationShare' | 'notes'
>;

export interface FencedBatch {
  ids: number[];
  fence: string;
  taskId: string;
  actorName: string;
  now: number;
  /** The change of a row. Undefined leaves the row unchanged. */
  change: (city: SealedCity) => CityChange | undefined;
}

/**
 * One batch of a task, in one transaction: all of it or nothing.
 *
 * @returns how many rows were changed
 * @throws {FencedOffError} if a later lease has written one of the rows
 */
export function writeBatch(db: Gazetteer, batch: FencedBatch): Promise<number> {
  const { ids, fence } = batch;
  return withSealedRows(db, { table: 'cities', ids, fence }, async (trx) => {
    const cities = await trx
      .selectFrom('cities')
      .select(['id', 'name', 'countryId', 'population', 'notes', 'changedByTask', 'version'])
      .where('id', 'in', ids)
      .execute();
    let changed = 0;
    for (const city of cities) {
      // A restarted run skips the rows that it changed before its worker was killed.
      if (city.changedByTask === batch.taskId) continue;
      const change = batch.change(city);
      if (!change) continue;
      await trx
        .updateTable('cities')
        .set({
          ...change,
          version: city.version + 1,
          updatedAt: batch.now,
          updatedBy: batch.actorName,
          changedByTask: batch.taskId,
        })
        .where('id', '=', city.id)
        .execute();
      changed += 1;
    }
    return changed;
  });
}
