/** The error that answers a message, and its line in the log. */
import type { ErrorBody } from '@rowlock/protocol';
import { ConflictError, RowlockError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { type RedactErrorParts, redactError } from '../../tasks/read/redactError.ts';
import type { Session } from '../session/session.ts';

export async function refuse(
  session: Session,
  name: string,
  error: unknown,
  parts: RedactErrorParts & { logger: Logger },
): Promise<ErrorBody> {
  const { logger } = parts;
  const tab = `tab ${session.id} of ${session.actor.id}`;
  if (!(error instanceof RowlockError)) {
    logger.error(`the message "${name}" of ${tab} could not be handled`, error);
    return {
      code: 'internal',
      message:
        'Something went wrong on the server, and nothing was changed. Try again, or ask an administrator to read the log.',
    };
  }
  // A conflict is part of everyday work.
  if (!(error instanceof ConflictError) && session.isFirst(`${error.code} ${name}`)) {
    logger.warn(`refused "${name.slice(0, 40)}" of ${tab}: ${error.message} (said once)`);
  }
  return redactError(parts, error, session.actor);
}
