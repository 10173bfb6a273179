/** The query of `GET /tasks` as a filter: lists are repeated or separated by commas. */
import { recordKeySchema, TASK_STATES } from '@rowlock/protocol';
import { z } from 'zod';

const listOf = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((words) => words.split(',')))
    .pipe(z.array(item).min(1).max(50));

const word = z.string().min(1).max(200);
const unixMs = z.coerce.number().int().min(0);

/** PROTOCOL.md shows it, with the descriptions. */
export const taskQuerySchema = z.strictObject({
  states: listOf(z.enum(TASK_STATES)).optional().describe('Only tasks in these states'),
  names: listOf(word).optional().describe('Only tasks of the definitions with these names'),
  tags: listOf(word).optional().describe('Only tasks with all of these tags'),
  actorId: word.optional().describe('Only tasks that this user launched'),
  record: recordKeySchema
    .optional()
    .describe('Only tasks that hold this record, wait for it, or have held it'),
  launchedAfter: unixMs.optional().describe('Only tasks launched after this time'),
  launchedBefore: unixMs.optional().describe('Only tasks launched before this time'),
  text: word.optional().describe('Only tasks with this text in label, name, id, tags or error'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe('The most tasks of one answer. Default 100'),
  after: word.optional().describe('The `next` of the answer before, to continue the list'),
});
