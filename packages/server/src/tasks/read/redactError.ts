/** A refusal as the asking user may see it: its data, and its message, which names holders. */
import type { Actor, ErrorBody } from '@rowlock/protocol';
import { ConflictError, type RowlockError, StaleError } from '../../errors.ts';
import type { Permissions } from '../../permissions.ts';
import { type DescribeConflicts, redactConflict } from './describeConflicts.ts';

export interface RedactErrorParts {
  tasks: { describeConflicts: DescribeConflicts };
  permissions: Pick<Permissions, 'redaction'>;
}

/** `visibleTo`: null if nobody is signed in. */
export async function redactError(
  { tasks, permissions }: RedactErrorParts,
  error: RowlockError,
  visibleTo: Actor | null,
): Promise<ErrorBody> {
  if (error instanceof ConflictError) return (await redactConflict(tasks, error, visibleTo)).toBody();
  if (error instanceof StaleError) {
    const changes = permissions.redaction.changes(visibleTo, error.changes);
    return new StaleError(error.version, changes, error.changedCount).toBody();
  }
  return error.toBody();
}
