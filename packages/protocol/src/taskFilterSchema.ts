/** The schema of a filter of tasks. */
import { z } from 'zod';
import { TASK_STATES } from './task.ts';

const word = z.string().min(1).max(200);
const words = z.array(word).min(1).max(50).readonly().optional();
const unixMs = z.number().int().min(0).max(8_640_000_000_000_000).optional();

export const taskFilterFields = {
  states: z
    .array(z.enum(TASK_STATES))
    .min(1)
    .max(TASK_STATES.length)
    .readonly()
    .optional()
    .describe('Only tasks in these states'),
  names: words.describe('Only tasks of the definitions with these names'),
  tags: words.describe('Only tasks with all of these tags'),
  actorId: word.optional().describe('Only tasks that this user launched'),
  launchedAfter: unixMs.describe('Only tasks launched at this time or later: Unix time in ms'),
  launchedBefore: unixMs.describe('Only tasks launched before this time'),
  text: word.optional().describe('Only tasks with this text in label, name, id, tags or error'),
} as const;

export const taskFilterSchema = z.strictObject(taskFilterFields).meta({
  title: 'TaskFilter',
  description:
    'An object with any of the fields `states`, `names`, `tags`, `actorId`, `launchedAfter`, `launchedBefore` and `text` of ' +
    '`listTasks`. A task matches if it meets all of them. `{}` matches every task',
});
