/** Routes that launch tasks and return the file of an export. */
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
  /** Skip the rows that others hold now, instead of refusing the launch */
  withoutHeld: z.boolean().default(false),
});

/** A key that the client chooses. A request with the same key launches no second task */
const idempotencyKey = z
  .string()
  .regex(/^[!-~]{1,200}$/, 'must have 1 to 200 visible ASCII characters, and no space')
  .optional();

export interface TaskRouteParts {
  rowlock: Rowlock;
  tasks: TaskDefinition<z.ZodType>[];
  exportsDir: string;
}

export function taskRoutes({ rowlock, tasks, exportsDir }: TaskRouteParts): Router {
  const router = Router();

  router.post('/tasks/:name', async (req, res) => {
    const user = userOf(res);
    if (!isAllowed(user, 'launch')) {
      throw new ProblemError(
        'forbidden',
        `${user.name} may watch, but not launch tasks. Sign in as an editor.`,
      );
    }
    const task = tasks.find(({ name }) => name === req.params.name);
    if (!task) {
      const names = tasks.map(({ name }) => name).join(', ');
      throw new ProblemError('not_found', `There is no task ${req.params.name}. Use one of: ${names}.`);
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
    if (task?.name !== EXPORT_TASK)
      throw new ProblemError('not_found', `There is no export ${taskId}. Check the id of the task.`);
    if (task.state !== 'completed') {
      throw new ProblemError(
        'not_found',
        `This export is ${task.state}, and has a file only when it is completed. Try again then.`,
      );
    }
    const path = exportPath(exportsDir, taskId);
    const file = await stat(path).catch(() => undefined);
    if (!file) throw new ProblemError('not_found', 'The file of this export was deleted. Export again.');
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
