/** Writes a selection to a CSV file. Its locks are shared: exports run at the same time, and nobody changes the rows. */
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
      // A file with the final name is complete, so the export writes a file with another name first. The name contains
      // the fence, so that an attempt that lost its lease does not touch the file of its successor.
      const partial = `${target}.${ctx.fence}.part`;
      const csv = stringify({ header: true, columns: [...COLUMNS], bom: true });
      const file = csv.pipe(createWriteStream(partial));
      const written = finished(file);
      // `written` reports a full disk at the end, or in the write that waits for it.
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

/** Whether a part of a URL can be a task id: only letters, digits, `-` and `_`. */
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

/** Adds an apostrophe to a cell that begins like a formula, because a spreadsheet would run it. */
export const plainText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
