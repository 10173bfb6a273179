/** Converts a selection to the records that a task will hold. */
import { type RecordKey, recordKey } from '@rowlock/protocol';
import { RowlockError } from '@rowlock/server';
import { z } from 'zod';
import type { Gazetteer } from '../db/openDatabase.ts';
import { resolveSelection } from '../db/readCities.ts';
import { type CitySelection, citySelection } from '../gazetteer/cityFilter.ts';

/** The input of every task. */
export const selectionInput = z.strictObject({ selection: citySelection });

const cityKey = (id: number): RecordKey => recordKey('cities', id);

/** @throws {RowlockError} `bad_request` if the selection is empty */
export async function selectedCities(db: Gazetteer, selection: CitySelection): Promise<RecordKey[]> {
  const ids = await resolveSelection(db, selection);
  if (ids.length === 0) {
    throw new RowlockError(
      'bad_request',
      'No city matches this selection, so there is nothing to do. Change the filter or the ids.',
    );
  }
  return ids.map(cityKey);
}
