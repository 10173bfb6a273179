/** Messages about tasks. */
import { z } from 'zod';
import { launchBodySchema, previewBodySchema, retryBodySchema } from '../bodySchemas.ts';
import { taskIdSchema } from '../valueSchemas.ts';

export const taskMessages = {
  launch: launchBodySchema.describe(
    'Launch a task. Counts as 10 messages. Its records are locked when the answer arrives, or it waits for them',
  ),
  preview: previewBodySchema.describe(
    'The records that a launch would lock, and the conflicts now. Counts as 10 messages. Locks and launches nothing',
  ),
  cancel: z.strictObject({ taskId: taskIdSchema }).describe('Ask a task to stop'),
  retry: z
    .strictObject({ taskId: taskIdSchema, ...retryBodySchema.shape })
    .describe(
      'Launch a new task with the input of an ended one: on all records that it selects now, or only on those that failed. ' +
        'Counts as 10 messages',
    ),
} as const;
