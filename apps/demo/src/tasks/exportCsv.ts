/** Writes a selection to a CSV file. Shared locks: any number of exports together, and nobody changes the rows meanwhile. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { defineTask } from '@rowlock/server';
import { stringify } from 'csv-stringify';
import type { Gazetteer } from '../db/openDatabase.ts';
import { describeSelection } from '../gazetteer/cityFilter.ts';
import { selectedCities, selectionInput } from './selectedCities.ts';
import type { TaskServices } from './taskServices.ts';
import { workThroughBatches } from './workThroughBatches.ts';

export const EXPORT_TASK = 'export-csv';

const COLUMNS = [
  'id',
  'name',
  'normalised_name',
  'country',
  'region',
  'population',
  'population_share',
  'lat',
  'lon',
  'feature_code',
  'notes',
] as const;

export const exportCsv = ({ db, exportsDir, paceMs }: TaskServices) =>
  defineTask({
    name: EXPORT_TASK,
    label: ({ selection }) => `Export CSV · ${describeSelection(selection)}`,
    input: selectionInput,
    mode: 'shared',
    supportsPartial: true,
    records: ({ selection }) => selectedCities(db, selection),
    run: async (ctx) => {
      await mkdir(exportsDir, { recursive: true });
      const target = exportPath(exportsDir, ctx.taskId);
      // Under another name until it is whole: a file with the final name is a finished export. A name of this attempt's
      // own: one that was thought dead and wakes up must not write into its successor's file, nor remove it.
      const partial = `${target}.${ctx.fence}.part`;
      const csv = stringify({ header: true, columns: [...COLUMNS], bom: true });
      const file = csv.pipe(createWriteStream(partial));
      const written = finished(file);
      // A full disk is told by `written` at the end, or by the write that waits for it.
      written.catch(() => {});
      let rows = 0;
      try {
        await workThroughBatches(ctx, paceMs, async (ids) => {
          for (const row of await readRows(db, ids)) {
            if (!csv.write(row)) await Promise.race([drained(csv), written]);
            rows += 1;
          }
        });
        csv.end();
        await written;
        await rename(partial, target);
      } catch (error) {
        csv.destroy();
        file.destroy();
        await rm(partial, { force: true });
        throw error;
      }
      return { rows };
    },
  });

/** Task ids are made by us, but they come back in an URL: letters, digits, `-` and `_` only. */
export const isExportId = (taskId: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(taskId);

export const exportPath = (exportsDir: string, taskId: string): string => join(exportsDir, `${taskId}.csv`);

const drained = (stream: NodeJS.WritableStream): Promise<void> =>
  new Promise((resolve) => stream.once('drain', resolve));

async function readRows(db: Gazetteer, ids: number[]): Promise<(string | number | null)[][]> {
  const rows = await db
    .selectFrom('cities')
    .select(['id', 'name', 'normalisedName', 'countryId', 'regionId', 'population', 'populationShare'])
    .select(['lat', 'lon', 'featureCode', 'notes'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute();
  return rows.map((row) => [
    row.id,
    plainText(row.name),
    row.normalisedName && plainText(row.normalisedName),
    row.countryId,
    row.regionId,
    row.population,
    row.populationShare,
    row.lat,
    row.lon,
    row.featureCode,
    plainText(row.notes),
  ]);
}

/** A cell that begins like a formula is run by spreadsheets; an apostrophe makes it text. */
export const plainText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
