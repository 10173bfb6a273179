/** Options of a launch. */
import { type Actor, type LeaseSecret, leaseSecretSchema } from '@rowlock/protocol';
import { z } from 'zod';
import { assertDuration, YEAR_MS } from '../../durations.ts';
import { RowlockError } from '../../errors.ts';
import { issueInWords } from '../../issueInWords.ts';
import type { RetryOptions } from '../definition/defineTask.ts';

export interface LaunchOptions {
  actor: Actor;
  /**
   * Whether to launch if some records are blocked. `refuse` (default): nothing is launched. `skip`: the task gets the free
   * records (its definition must say `supportsPartial`). `wait`: the task waits, and is queued when it has its records.
   */
  onConflict?: 'refuse' | 'skip' | 'wait';
  /** With `wait`: the longest time to wait, in ms. Default: until it has its records */
  waitMs?: number;
  /** Launches with the same key are one task, as long as the task is stored. 1 to 200 characters */
  idempotencyKey?: string;
  /** How long to delay the first attempt, in ms. The task holds its records from now on. Default 0 */
  delayMs?: number;
  /** BullMQ's `priority`: tasks without one run first, then 1, 2, … up to 2,097,151. Default: no priority */
  priority?: number;
  /** Each field replaces the definition's */
  retry?: RetryOptions;
  /** Added to the definition's tags. At most 20 together, of 1 to 64 characters each */
  tags?: readonly string[];
  /**
   * A lease of the actor, such as that of an edit form. It is transferred to the task without a gap, with all its records.
   * Default: the lease under which the launching code runs (a guarded handler, `withLock`), if it blocks the task
   */
  lease?: LeaseSecret;
}

const MAX_TAGS = 20;

const optionsSchema = z.looseObject({
  onConflict: z.enum(['refuse', 'skip', 'wait']).optional(),
  idempotencyKey: z.string().min(1).max(200).optional(),
  priority: z.int().min(1).max(2_097_151).optional(),
  retry: z
    .strictObject({ attempts: z.int().min(1).max(1_000).optional(), backoffMs: z.unknown().optional() })
    .optional(),
  lease: leaseSecretSchema.optional(),
});
const tagsSchema = z.array(z.string().min(1).max(64)).max(MAX_TAGS);

/** @throws {RowlockError} `bad_request` */
export function assertLaunchOptions(options: LaunchOptions): void {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw refused(`The options of the launch are malformed${issueInWords(parsed.error)}`);
  const { onConflict, waitMs, delayMs, retry, lease } = options;
  // These are stored in Redis and in the queue.
  for (const [name, value] of Object.entries({ waitMs, delayMs, 'retry.backoffMs': retry?.backoffMs })) {
    assertDuration(name, value, { atMostMs: YEAR_MS, isWhole: true });
  }
  if (waitMs !== undefined && onConflict !== 'wait') {
    throw refused("waitMs says how long to wait, and this launch does not wait. Add onConflict: 'wait'.");
  }
  if (lease && onConflict === 'wait') {
    throw refused(
      "Waiting while holding a lease can deadlock, so a lease cannot be transferred with onConflict: 'wait'. " +
        "Launch with 'refuse' or 'skip', or release the lease first.",
    );
  }
}

/** The tags of the definition and of the launch, without duplicates. @throws {RowlockError} `bad_request` */
export function mergeTags(...lists: readonly (readonly string[] | undefined)[]): readonly string[] {
  const tags = [...new Set(lists.flatMap((list) => list ?? []))];
  if (tags.length === 0) return tags;
  const parsed = tagsSchema.safeParse(tags);
  if (parsed.success) return tags;
  throw refused(
    `The tags are malformed${issueInWords(parsed.error)}. A task has at most ${MAX_TAGS}, of 1 to 64 characters.`,
  );
}

const refused = (message: string) => new RowlockError('bad_request', message);
