/** How a task may be launched. */
import { type Actor, type LeaseSecret, leaseSecretSchema } from '@rowlock/protocol';
import { z } from 'zod';
import { assertDuration, YEAR_MS } from '../../durations.ts';
import { RowlockError } from '../../errors.ts';
import { issueInWords } from '../../issueInWords.ts';
import type { RetryOptions } from '../definition/defineTask.ts';

export interface LaunchOptions {
  actor: Actor;
  /**
   * What happens where records are not free. `refuse` (default): nothing is launched. `skip`: the task gets those that are
   * free (its definition must say `supportsPartial`). `wait`: it stands in line, and is queued when its turn has come.
   */
  onConflict?: 'refuse' | 'skip' | 'wait';
  /** With `wait`: how long it stands in line at most, in ms. Default: until it has its records */
  waitMs?: number;
  /** A double submit with one key is one task, for as long as the task is remembered. 1 to 200 characters */
  idempotencyKey?: string;
  /** Not started before so many ms have passed; its records are held from now on. Default 0 */
  delayMs?: number;
  /** BullMQ's `priority`: those without one are taken first, then 1, 2, … up to 2,097,151. Default: none */
  priority?: number;
  /** Each of the two instead of the definition's */
  retry?: RetryOptions;
  /** Beside the definition's. At most 20 in all, of 1 to 64 characters */
  tags?: readonly string[];
  /**
   * A lease of the actor's own, such as that of an edit form: it becomes the task's without a gap, with all it covers.
   * Default: the lease under which the launching code runs (a guarded handler, `withLock`), if it is in the task's way
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
  // Kept in Redis and in the queue.
  for (const [name, value] of Object.entries({ waitMs, delayMs, 'retry.backoffMs': retry?.backoffMs })) {
    assertDuration(name, value, { atMostMs: YEAR_MS, isWhole: true });
  }
  if (waitMs !== undefined && onConflict !== 'wait') {
    throw refused("waitMs says how long to wait, and this launch does not wait. Add onConflict: 'wait'.");
  }
  if (lease && onConflict === 'wait') {
    throw refused(
      "Who waits while he holds can be waited for, so a lease cannot be handed over with onConflict: 'wait'. " +
        "Launch with 'refuse' or 'skip', or release the lease first.",
    );
  }
}

/** The words of the definition and of the launch, each once. @throws {RowlockError} `bad_request` */
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
