/** The error that answers a message, and its line in the log. */
import type { ErrorBody } from '@rowlock/protocol';
import { ConflictError, RowlockError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { redactConflict } from '../../tasks/read/describeConflicts.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { Session } from '../session/session.ts';

export async function refuse(
  session: Session,
  name: string,
  error: unknown,
  { tasks, logger }: { tasks: Pick<Tasks, 'describeConflicts'>; logger: Logger },
): Promise<ErrorBody> {
  const tab = `tab ${session.id} of ${session.actor.id}`;
  if (!(error instanceof RowlockError)) {
    logger.error(`the message "${name}" of ${tab} could not be handled`, error);
    return {
      code: 'internal',
      message:
        'Something went wrong on the server, and nothing was changed. Try again, or ask an administrator to read the log.',
    };
  }
  if (error instanceof ConflictError) return (await redactConflict(tasks, error, session.actor)).toBody();
  if (session.isFirst(`${error.code} ${name}`)) {
    logger.warn(`refused "${name.slice(0, 40)}" of ${tab}: ${error.message} (said once)`);
  }
  return error.toBody();
}
