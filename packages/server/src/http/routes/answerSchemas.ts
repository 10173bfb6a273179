/** The schemas of answers that only the server's own types describe. */
import {
  type Launched,
  type Preview,
  type ResourceLock,
  type ResourceLockPage,
  recordKeySchema,
} from '@rowlock/protocol';
import { z } from 'zod';
import type { TaskPage } from '../../tasks/read/taskList.ts';
import type { TaskFailures, TaskLogLine } from '../../tasks/store/taskArchive.ts';
import { conflictSchema, failedRecordSchema, leaseViewSchema, taskViewSchema } from './viewSchemas.ts';

export const taskPageSchema: z.ZodType<TaskPage> = z
  .object({
    tasks: z.array(taskViewSchema).describe('Newest launch first'),
    next: z.string().optional().describe('Continues the list; absent at the end of the list'),
  })
  .meta({ title: 'TaskPage', description: 'A page of tasks.' });

const resourceLockSchema: z.ZodType<ResourceLock> = z
  .object({
    lease: leaseViewSchema,
    task: taskViewSchema
      .optional()
      .describe("The holder's task with its progress, if the holder is a task that the actor may watch"),
    recordCount: z
      .number()
      .describe('How many records of this resource the lease names, counted as in a `ResourceView`'),
    isWhole: z.boolean().describe('True if it covers the whole resource'),
    hasSubtrees: z
      .boolean()
      .describe(
        'True if it covers something with all that is below. This may include more records of this resource',
      ),
  })
  .meta({ title: 'ResourceLock', description: 'One lease on a resource.' });

export const resourceLockPageSchema: z.ZodType<ResourceLockPage> = z
  .object({
    locks: z
      .array(resourceLockSchema)
      .describe('Oldest lease first. A lease that begins or ends meanwhile may be missing'),
    next: z.string().optional().describe('Continues the list, as `after`. Absent at the end of the list'),
  })
  .meta({ title: 'ResourceLockPage', description: 'A page of the leases on a resource.' });

export const taskAnswerSchema = z.object({ task: taskViewSchema });

export const taskFailuresSchema: z.ZodType<TaskFailures> = z
  .object({
    total: z.number().describe('The number of failed records'),
    failures: z
      .array(failedRecordSchema)
      .describe('At most the first 10,000 of them, in the order of their keys'),
  })
  .meta({ title: 'TaskFailures', description: 'The records of a task that failed.' });

export const taskLogLineSchema: z.ZodType<TaskLogLine> = z
  .object({
    at: z.number().describe("Unix time in ms by the Redis server's clock, for display only"),
    text: z.string().describe('The text, on one line'),
  })
  .meta({ title: 'TaskLogLine', description: 'A line that a task wrote to its log.' });

export const taskLogSchema = z.object({
  lines: z.array(taskLogLineSchema).describe('The newest 200, oldest first'),
});

export const launchedSchema: z.ZodType<Launched> = z
  .object({
    task: taskViewSchema,
    skipped: z
      .array(recordKeySchema)
      .describe('With `skip`: the records that were blocked, which the task does not get'),
    conflicts: z
      .array(conflictSchema)
      .describe(
        'With `skip`: the blocking leases, with their tasks. With `wait`: the first 20 of them, holders before waiters',
      ),
    conflictCount: z.number().describe('The number of blocking leases, even if not all are named'),
  })
  .meta({ title: 'Launched', description: 'A launched task.' });

export const previewSchema: z.ZodType<Preview> = z
  .object({
    recordCount: z.number().describe('The number of records that the task would lock'),
    records: z.array(recordKeySchema).describe('The first 20 of them'),
    freeCount: z.number().describe('The number of free records now'),
    conflicts: z
      .array(conflictSchema)
      .describe('Every blocking lease, with its task. Waiting leases are included, since they come first'),
    label: z.string().describe('The label that the task would have'),
  })
  .meta({ title: 'Preview', description: 'A dry run of a launch.' });

export const healthSchema = z
  .object({
    redis: z
      .enum(['reachable', 'refuses writes', 'unreachable'])
      .describe('`reachable`: it answers and accepts writes. `unreachable`: it does not answer'),
    server: z
      .literal('stopping')
      .optional()
      .describe('This server hands its users over to others. Send it no new ones'),
  })
  .meta({ title: 'Health', description: 'Whether this server can serve users now.' });
