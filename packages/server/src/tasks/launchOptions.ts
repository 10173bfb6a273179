/** How a task may be launched. */
import type { Actor, LeaseProof } from '@rowlock/protocol';

export interface LaunchOptions {
  actor: Actor;
  /**
   * What happens where records are not free. `refuse` (default): nothing is launched. `skip`: the task gets those that are
   * free (its definition must be dividable). `wait`: it stands in line, and is queued when its turn has come.
   */
  onConflict?: 'refuse' | 'skip' | 'wait';
  /** With `wait`: how long it stands in line at most, in ms. Default: until it has its records */
  waitMs?: number;
  /** A double submit with one key is one task, for as long as the task is remembered. 1 to 200 characters */
  idempotencyKey?: string;
  /** Not started before so many ms have passed; its records are held from now on. Default 0 */
  delayMs?: number;
  /** 1 is taken first; default: after all that have none, first come first served (BullMQ's `priority`) */
  priority?: number;
  /** In place of the definition's */
  attempts?: number;
  /** In place of the definition's, in ms */
  backoffMs?: number;
  /** Beside the definition's. At most 20 in all, of 1 to 64 characters */
  tags?: readonly string[];
  /** A lease of the actor's own, such as that of his edit form: it becomes the task's without a gap, with all it covers */
  lease?: LeaseProof;
}
