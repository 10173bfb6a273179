/** The schemas of HTTP bodies. Those about tasks are messages of the live channel, too. */
import { z } from 'zod';
import { MOST_BEACON_LEASES, type ReleaseBeacon } from './http.ts';
import { leaseSecretSchema, tagSchema, taskNameSchema } from './valueSchemas.ts';

export const releaseBeaconSchema: z.ZodType<ReleaseBeacon> = z.strictObject({
  leases: z.array(leaseSecretSchema).min(1).max(MOST_BEACON_LEASES),
});

/** A task holds its records while it is delayed, so a browser may not delay it for long. */
const LONGEST_DELAY_MS = 7 * 86_400_000;

const durationMs = z.int().min(0).max(LONGEST_DELAY_MS).optional();

const launchOptions = {
  onConflict: z
    .enum(['refuse', 'skip', 'wait'])
    .default('refuse')
    .describe(
      'If some records are blocked. `refuse`: nothing is launched. `skip`: the task gets the free records. `wait`: the task ' +
        'waits for all of them',
    ),
  waitMs: durationMs.describe(
    'With `wait`: the longest time to wait, in ms. Default: until it has its records',
  ),
  delayMs: durationMs.describe(
    'How long to delay the first attempt, in ms. The task holds its records from now on. Default 0',
  ),
  idempotencyKey: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Launches of this user with the same key and the same name are one task, so a request whose answer is lost can be sent ' +
        'again. 1 to 200 characters',
    ),
};

const taskAndInput = {
  task: taskNameSchema,
  input: z.unknown().describe('The input, as the definition takes it'),
};

/** Body of `POST <router>/tasks`. */
export const launchBodySchema = z.strictObject({
  ...taskAndInput,
  ...launchOptions,
  tags: z.array(tagSchema).max(20).optional().describe("Added to the definition's tags"),
  lease: leaseSecretSchema
    .optional()
    .describe(
      "A lease of this user, such as that of an edit form. It becomes the task's, with all its records, and is never free in between",
    ),
});

/** Body of `POST <router>/preview`. */
export const previewBodySchema = z.strictObject(taskAndInput);

/** Body of `POST <router>/tasks/:id/retry`. */
export const retryBodySchema = z.strictObject({
  onlyFailed: z.boolean().optional().describe('Only the records that failed in the task. Default false'),
  ...launchOptions,
});
