/** Writes the ASCII spelling of each city's name. */
import { defineTask } from '@rowlock/server';
import { writeBatch } from '../db/fencedWrite.ts';
import { describeSelection } from '../gazetteer/cityFilter.ts';
import { asciiName } from '../gazetteer/foldName.ts';
import { selectedCities, selectionInput } from './selectedCities.ts';
import type { TaskServices } from './taskServices.ts';
import { workThroughBatches } from './workThroughBatches.ts';

export const normaliseNames = ({ db, paceMs, now }: TaskServices) =>
  defineTask({
    name: 'normalise-names',
    label: ({ selection }) => `Normalise names · ${describeSelection(selection)}`,
    input: selectionInput,
    supportsPartial: true,
    records: ({ selection }) => selectedCities(db, selection),
    run: async (ctx) => {
      let changed = 0;
      await workThroughBatches(ctx, paceMs, async (ids) => {
        changed += await writeBatch(db, {
          ids,
          fence: ctx.fence,
          taskId: ctx.taskId,
          actorName: ctx.actor.name,
          now: now(),
          change: ({ name }) => ({ normalisedName: asciiName(name) }),
        });
      });
      return { changed };
    },
  });
