/** Launching tasks, and fetching what an export has written. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Rowlock, TaskDefinition } from '@rowlock/server';
import { Router } from 'express';
import { z } from 'zod';
import { EXPORT_TASK, exportPath, isExportId } from '../tasks/exportCsv.ts';
import { isAllowed } from './permissions.ts';
import { ProblemError, parse } from './problem.ts';
import { userOf } from './signedIn.ts';

const launchBody = z.strictObject({
  input: z.looseObject({}),
  /** Leave out the rows that others hold at this moment, instead of refusing the whole */
  withoutHeld: z.boolean().default(false),
});

/** Of the client's own making: who sends it again, because no answer came, launches nothing twice */
const idempotencyKey = z
  .string()
  .regex(/^[!-~]{1,200}$/, 'must have 1 to 200 visible ASCII characters, and no space')
  .optional();

export interface TaskRouteParts {
  rowlock: Rowlock;
  tasks: TaskDefinition[];
  exportsDir: string;
}

export function taskRoutes({ rowlock, tasks, exportsDir }: TaskRouteParts): Router {
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
    const key = parse(idempotencyKey, req.get('Idempotency-Key'), 'The Idempotency-Key');
    const { task: launched } = await rowlock.tasks.launch(task, parse(task.input, input, 'The input'), {
      actor: { id: user.id, name: user.name },
      onConflict: withoutHeld ? 'skip' : 'refuse',
      ...(key !== undefined && { idempotencyKey: key }),
    });
    res.status(202).location(`/rowlock/tasks/${launched.id}`).json(launched);
  });

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
