/**
 * Checks the credentials of connections again. After a gap this is needed, because the missed entries may have reported a
 * disconnected user.
 */
import type { Actor } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Permissions } from '../../permissions.ts';
import { credentialsOf, type RowlockSocket } from './rowlockSocket.ts';

const CHECKED_AT_ONCE = 50;

interface AuthenticatedConnection {
  actor: Actor;
  socket: RowlockSocket;
}

/** Ends each connection whose credentials are no longer accepted. If they cannot be checked now, the connection stays. */
export type CheckCredentials = (connections: readonly AuthenticatedConnection[]) => Promise<void>;

export function createCredentialsCheck({
  permissions,
  logger,
}: {
  permissions: Pick<Permissions, 'authenticate'>;
  logger: Logger;
}): CheckCredentials {
  async function check({ actor, socket }: AuthenticatedConnection): Promise<void> {
    try {
      const { id } = await permissions.authenticate(credentialsOf(socket));
      if (id !== actor.id) socket.disconnect(true);
    } catch (error) {
      if (error instanceof RowlockError) socket.disconnect(true);
      else logger.warn(`the credentials of ${actor.id} could not be checked again`, error);
    }
  }

  return async (connections) => {
    for (let i = 0; i < connections.length; i += CHECKED_AT_ONCE) {
      await Promise.all(connections.slice(i, i + CHECKED_AT_ONCE).map(check));
    }
  };
}
