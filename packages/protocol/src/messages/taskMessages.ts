/** Messages about tasks. */
import { z } from 'zod';
import { taskIdSchema } from '../valueSchemas.ts';

export const taskMessages = {
  cancel: z.strictObject({ taskId: taskIdSchema }).describe('Ask a task to stop'),
} as const;
