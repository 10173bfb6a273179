/** Writes each city's part of its country's population. The population of a country is the sum of its cities. */
import { defineTask } from '@rowlock/server';
import { writeBatch } from '../db/fencedWrite.ts';
import type { Gazetteer } from '../db/openDatabase.ts';
import { describeSelection } from '../gazetteer/cityFilter.ts';
import { selectedCities, selectionInput } from './selectedCities.ts';
import type { TaskServices } from './taskServices.ts';
import { workThroughBatches } from './workThroughBatches.ts';

export const recomputePopulationShare = ({ db, paceMs, now }: TaskServices) =>
  defineTask({
    name: 'recompute-population-share',
    label: ({ selection }) => `Recompute share · ${describeSelection(selection)}`,
    input: selectionInput,
    supportsPartial: true,
    records: ({ selection }) => selectedCities(db, selection),
    run: async (ctx) => {
      const people = await populationByCountry(db);
      let changed = 0;
      await workThroughBatches(ctx, paceMs, async (ids) => {
        changed += await writeBatch(db, {
          ids,
          fence: ctx.fence,
          taskId: ctx.taskId,
          actorName: ctx.actor.name,
          now: now(),
          change: ({ population, countryId }) => ({
            populationShare: computeShare(population, people.get(countryId) ?? 0),
          }),
        });
      });
      return { changed };
    },
  });

/** 0 to 1. 0 if the country has no population. */
const computeShare = (population: number, countryPopulation: number): number =>
  countryPopulation > 0 ? Math.min(1, population / countryPopulation) : 0;

async function populationByCountry(db: Gazetteer): Promise<Map<string, number>> {
  const sums = await db
    .selectFrom('cities')
    .select((eb) => ['countryId', eb.fn.sum<number>('population').as('people')])
    .groupBy('countryId')
    .execute();
  return new Map(sums.map(({ countryId, people }) => [countryId, Number(people)]));
}
