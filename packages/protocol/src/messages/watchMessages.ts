/** Messages about what a session watches. */
import { z } from 'zod';
import { recordKeySchema, taskIdSchema } from '../valueSchemas.ts';

const interest = z.strictObject({
  records: z.array(recordKeySchema).default([]),
  tasks: z
    .union([z.array(taskIdSchema).max(200), z.literal('all')])
    .default([])
    .describe("`'all'`: every task that the actor may see"),
});

export const watchMessages = {
  watch: interest
    .extend({
      since: z
        .number()
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .describe(
          'A version of the namespace. The answer also contains the changes of the records since. Default none',
        ),
    })
    .describe(
      "Watch records and tasks. The answer is their state now. Of `'all'` tasks it contains the newest 100. " +
        'Tasks that hold a watched record are watched too',
    ),
  unwatch: interest.describe('Stop watching them'),
} as const;
