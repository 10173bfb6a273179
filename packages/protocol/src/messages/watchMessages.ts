/** Messages about what a session watches. */
import { z } from 'zod';
import { taskFilterFields, taskFilterSchema } from '../taskFilterSchema.ts';
import { leaseIdSchema, recordKeySchema, resourceSchema, taskIdSchema } from '../valueSchemas.ts';

const interest = z.strictObject({
  records: z.array(recordKeySchema).default([]),
  tasks: z
    .union([z.array(taskIdSchema).max(200), taskFilterSchema, z.literal('all')])
    .default([])
    .describe('Ids, or a filter: every matching task that the actor may see. `all` is the filter `{}`'),
  resources: z
    .array(resourceSchema)
    .max(50)
    .default([])
    .describe(
      'Whole resources: how much of them is locked, as counts. Needs the permission to watch `<resource>/*`',
    ),
  presence: z
    .array(recordKeySchema)
    .max(1_000)
    .default([])
    .describe(
      'Records whose viewers the session wants to see. The session becomes visible as a viewer of them. They need not be in `records`',
    ),
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
      'Watch records and tasks. The answer is their state now. Of the tasks of a filter it contains the newest 100. ' +
        'Tasks that hold a watched record are watched too',
    ),
  unwatch: interest.describe('Stop watching them'),
  listLocks: z
    .strictObject({
      resource: resourceSchema,
      limit: z
        .number()
        .int()
        .min(1)
        .max(1_000)
        .default(100)
        .describe('The most leases of one answer. A message counts once more for each 100'),
      after: leaseIdSchema.optional().describe('The `next` of the answer before, to continue the list'),
    })
    .describe(
      'List the leases in force on a resource, oldest first, page by page. Needs the permission to watch `<resource>/*`. Nothing is watched by it',
    ),
  listBlockers: z
    .strictObject({
      records: z.array(recordKeySchema).min(1).max(1_000),
    })
    .describe(
      'List the leases that a request for these records would wait for, with what is needed to say when each record will be free. Counts as ' +
        '10 messages. Nothing is watched by it',
    ),
  listTasks: z
    .strictObject({
      ...taskFilterFields,
      record: recordKeySchema
        .optional()
        .describe('Only tasks that hold this record, wait for it, or have held it'),
      limit: z
        .number()
        .int()
        .min(1)
        .max(1_000)
        .default(100)
        .describe('The most tasks of one answer. A message counts once more for each 100'),
      after: z
        .string()
        .regex(/^[0-9]{1,16}$/, 'the `next` of an earlier answer')
        .optional()
        .describe("Only older tasks: the `next` of the answer before, or a task's `launchOrder` as text"),
    })
    .describe(
      'List tasks that the actor may see, newest launch first, page by page. `next` continues the list, as `after`. Nothing is watched by it',
    ),
} as const;
