/** Launching tasks, and fetching what an export has written. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { idOf, type LeaseId, type LockMode } from '@rowlock/protocol';
import type { Rowlock, TaskDefinition } from '@rowlock/server';
import { Router } from 'express';
import { z } from 'zod';
import type { Gazetteer } from '../db/openDatabase.ts';
import { type CitySelection, MAX_SELECTED_IDS } from '../gazetteer/cityFilter.ts';
import { EXPORT_TASK, exportPath, isExportId } from '../tasks/exportCsv.ts';
import { selectedCities, type selectionInput } from '../tasks/selectedCities.ts';
import { isAllowed } from './permissions.ts';
import { ProblemError, parse } from './problem.ts';
import { userOf } from './signedIn.ts';

const launchBody = z.strictObject({
  input: z.looseObject({}),
  /** Leave out the rows that others hold at this moment, instead of refusing the whole */
  withoutHeld: z.boolean().default(false),
});

export interface TaskRouteParts {
  db: Gazetteer;
  rowlock: Rowlock;
  tasks: TaskDefinition[];
  exportsDir: string;
}

export function taskRoutes({ db, rowlock, tasks, exportsDir }: TaskRouteParts): Router {
  const router = Router();

  router.post('/tasks/:name', async (req, res) => {
    const user = userOf(res);
    if (!isAllowed(user, 'launch')) {
      throw new ProblemError(
        'forbidden',
        `${user.name} may watch, and not launch tasks. Sign in as an editor.`,
      );
    }
    const task = tasks.find(({ name }) => name === req.params.name);
    if (!task) {
      const names = tasks.map(({ name }) => name).join(', ');
      throw new ProblemError('not_found', `There is no task ${req.params.name}. There are: ${names}.`);
    }
    const { input, withoutHeld } = parse(launchBody, req.body, 'The body');
    const parsed = parse(task.input, input, 'The input') as z.output<typeof selectionInput>;
    const selection = withoutHeld ? await withoutHeldRows(parsed.selection, task.mode) : parsed.selection;
    const { task: launched } = await rowlock.tasks.launch(
      task,
      { ...parsed, selection },
      {
        actor: { id: user.id, name: user.name },
      },
    );
    res.status(202).location(`/rowlock/tasks/${launched.id}`).json(launched);
  });

  /** A row that somebody takes between this look and the launch is a conflict again: nothing is assumed. */
  async function withoutHeldRows(selection: CitySelection, mode?: LockMode): Promise<CitySelection> {
    const records = await selectedCities(db, selection);
    const { held, leases } = await rowlock.locks.check(records);
    // Shared locks stand together: an export leaves out no row that another export reads.
    const isInTheWay = (id: LeaseId) => mode !== 'shared' || leases.get(id)?.mode !== 'shared';
    const heldIds = records.filter((key) => held.get(key)?.some(isInTheWay)).map((key) => Number(idOf(key)));
    if (heldIds.length === records.length) {
      throw new ProblemError(
        'bad_request',
        'Every row of this selection is held, so there is no free row to go on with.',
      );
    }
    if ('ids' in selection) {
      const left = new Set(heldIds);
      return { ids: selection.ids.filter((id) => !left.has(id)) };
    }
    const except = [...(selection.except ?? []), ...heldIds];
    if (except.length > MAX_SELECTED_IDS) {
      throw new ProblemError(
        'bad_request',
        `${except.length} rows of this selection would be left out; at most ${MAX_SELECTED_IDS} can be. Narrow the filter.`,
      );
    }
    return { filter: selection.filter, except };
  }

  router.get('/exports/:taskId', async (req, res) => {
    const { taskId } = req.params;
    const task = isExportId(taskId) ? await rowlock.tasks.get(taskId) : undefined;
    if (task?.name !== EXPORT_TASK) throw new ProblemError('not_found', `There is no export ${taskId}.`);
    if (task.state !== 'completed') {
      throw new ProblemError(
        'not_found',
        `This export is ${task.state}; there is a file once it is completed.`,
      );
    }
    const path = exportPath(exportsDir, taskId);
    const file = await stat(path).catch(() => undefined);
    if (!file)
      throw new ProblemError('not_found', 'The file of this export is no longer there. Export again.');
    res.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Length': String(file.size),
      'Content-Disposition': `attachment; filename="cities-${taskId}.csv"`,
      'Cache-Control': 'private, no-store',
    });
    await pipeline(createReadStream(path), res);
  });

  return router;
}
