/** The options of a guarded write, and the facts for its handler. */
import type { Actor, RecordKey } from '@rowlock/protocol';

/** `Args` are those that the framework gives to a handler, of which the request is the first. */
export interface WriteOptions<Args extends readonly unknown[]> {
  /**
   * The records that this request will write. With an empty list nothing is guarded. Make the keys with `recordKey`:
   * a malformed id is answered with 400 `bad_request`
   */
  records(...args: Args): readonly RecordKey[] | Promise<readonly RecordKey[]>;
  /** The holder's label for other users while the write runs. Default: the actor's name */
  label?(...args: Args): string;
  /**
   * How long the records stay locked, in ms, if the connection is closed and the handler has not ended. Default 30,000.
   * After it somebody else can lock the records, and only a checked fence stops the old handler's writes.
   */
  keepAfterCloseMs?: number;
  /**
   * Whether the header `If-Match: "<version>"` names the version of the data, as `Rowlock-Version` does. Default true. With
   * `false` it is the application's own
   */
  ifMatch?: boolean;
}

export const KEEP_AFTER_CLOSE_MS = 30_000;

/** The facts about a guarded write for its handler. On Express they are in `response.locals.rowlock`. */
export interface GuardedWrite {
  actor: Actor;
  leaseId: string;
  /** The fencing token of the lease that the write is made under, as decimal digits */
  fence: string;
  /**
   * Aborts if the client leaves before it is answered, if the lease is lost, and if the lease is transferred to a
   * task that the handler launches. Else the records stay locked until the handler has ended: stop, then reject (with
   * `guard(options, handler)`) or end the response.
   */
  signal: AbortSignal;
}
