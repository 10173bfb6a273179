/** The query of `GET /tasks` as a filter: lists are repeated or separated by commas. */
import { recordKeySchema, type TaskState } from '@rowlock/protocol';
import { z } from 'zod';
import { RowlockError } from '../errors.ts';
import { issueInWords } from '../issueInWords.ts';
import type { TaskFilter } from '../tasks/taskList.ts';

const STATES = [
  'waiting',
  'queued',
  'running',
  'retrying',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly TaskState[];

const listOf = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((words) => words.split(',')))
    .pipe(z.array(item).min(1).max(50));

const word = z.string().min(1).max(200);
const unixMs = z.coerce.number().int().min(0);

const querySchema = z.strictObject({
  states: listOf(z.enum(STATES)).optional(),
  names: listOf(word).optional(),
  tags: listOf(word).optional(),
  actorId: word.optional(),
  record: recordKeySchema.optional(),
  launchedAfter: unixMs.optional(),
  launchedBefore: unixMs.optional(),
  text: word.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
  cursor: word.optional(),
});

/** @throws {RowlockError} `bad_request` */
export function parseTaskQuery(query: unknown): TaskFilter {
  const parsed = querySchema.safeParse(query);
  if (!parsed.success) {
    throw new RowlockError('bad_request', `The query is malformed${issueInWords(parsed.error)}`);
  }
  return Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
}
