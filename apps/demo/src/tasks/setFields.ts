/** Sets the region or the notes, or scales the population, of every selected city. */
import type { RecordKey } from '@rowlock/protocol';
import { idOf } from '@rowlock/protocol';
import { defineTask, RowlockError } from '@rowlock/server';
import { type CityChange, type SealedCity, writeBatch } from '../db/fencedWrite.ts';
import type { Gazetteer } from '../db/openDatabase.ts';
import { type FieldsToSet, fieldsToSet } from '../gazetteer/cityEdit.ts';
import { describeSelection, MAX_POPULATION } from '../gazetteer/cityFilter.ts';
import { selectedCities, selectionInput } from './selectedCities.ts';
import type { TaskServices } from './taskServices.ts';
import { workThroughBatches } from './workThroughBatches.ts';

export const setFields = ({ db, paceMs, now }: TaskServices) =>
  defineTask({
    name: 'set-fields',
    label: ({ selection, set }) => `Set ${listFieldNames(set)} · ${describeSelection(selection)}`,
    input: selectionInput.extend({ set: fieldsToSet }),
    supportsPartial: true,
    records: async ({ selection, set }) => {
      const records = await selectedCities(db, selection);
      if (set.regionId) await assertAllIn(db, set.regionId, records);
      return records;
    },
    run: async (ctx, { set }) => {
      let changed = 0;
      await workThroughBatches(ctx, paceMs, async (ids) => {
        changed += await writeBatch(db, {
          ids,
          fence: ctx.fence,
          taskId: ctx.taskId,
          actorName: ctx.actor.name,
          now: now(),
          change: (city) => getChange(city, set),
        });
      });
      return { changed };
    },
  });

/** The change of a city by `set`. */
export function getChange(city: Pick<SealedCity, 'population'>, set: FieldsToSet): CityChange {
  return {
    ...(set.regionId !== undefined && { regionId: set.regionId }),
    ...(set.notes !== undefined && { notes: set.notes }),
    ...(set.populationMultiplier !== undefined && {
      population: Math.min(MAX_POPULATION, Math.round(city.population * set.populationMultiplier)),
    }),
  };
}

function listFieldNames(set: FieldsToSet): string {
  const names = [
    set.regionId !== undefined && 'region',
    set.notes !== undefined && 'notes',
    set.populationMultiplier !== undefined && 'population',
  ];
  return names.filter(Boolean).join(', ');
}

const SLICE = 5_000;

/** @throws {RowlockError} if a city is in another country than the region */
async function assertAllIn(db: Gazetteer, regionId: string, records: readonly RecordKey[]): Promise<void> {
  const region = await db
    .selectFrom('regions')
    .innerJoin('countries', 'countries.id', 'regions.countryId')
    .select(['regions.countryId', 'countries.name'])
    .where('regions.id', '=', regionId)
    .executeTakeFirst();
  if (!region)
    throw new RowlockError('bad_request', `There is no region ${regionId}. GET /api/regions lists them.`);
  for (let start = 0; start < records.length; start += SLICE) {
    const ids = records.slice(start, start + SLICE).map((key) => Number(idOf(key)));
    const elsewhere = await db
      .selectFrom('cities')
      .select(['name', 'countryId'])
      .where('id', 'in', ids)
      .where('countryId', '!=', region.countryId)
      .executeTakeFirst();
    if (elsewhere) {
      throw new RowlockError(
        'bad_request',
        `${regionId} is a region of ${region.name}, but ${elsewhere.name} is in ${elsewhere.countryId}. ` +
          'Select cities of one country.',
      );
    }
  }
}
