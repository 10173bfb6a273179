import type { Conflict, ErrorBody, ErrorCode } from '@rowlock/protocol';

/** A request that the server refused, or that could not be sent. `message` says what happened, why, and what to do now. */
export class RowlockClientError extends Error {
  /** The code of the protocol: `conflict`, `unavailable`, `forbidden`, … */
  readonly code: ErrorCode;
  /** With the code `conflict`: every lease that blocks the request. Otherwise empty */
  readonly conflicts: readonly Conflict[];

  constructor({ code, message, conflicts = [] }: Pick<ErrorBody, 'code' | 'message' | 'conflicts'>) {
    super(message);
    this.name = 'RowlockClientError';
    this.code = code;
    this.conflicts = conflicts;
  }
}
