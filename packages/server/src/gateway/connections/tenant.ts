/** One Rowlock as a tenant of a channel: it admits connections, and serves those that it has admitted. */
import type { Actor } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { notInvited, type Origins } from '../../origins.ts';
import { createFirstTimes } from '../firstTimes.ts';
import type { Admission } from './admission.ts';
import { asConnectError, type Tenant } from './channel.ts';
import type { Dismissals } from './dismissals.ts';
import { endSocket, type RowlockSocket, signedOut } from './rowlockSocket.ts';

export function createTenant({
  namespace,
  origins,
  admission,
  dismissals,
  clock,
  logger,
  serve,
}: {
  namespace: string;
  origins: Origins;
  admission: Admission;
  dismissals: Dismissals;
  clock: Clock;
  logger: Logger;
  /** Begins to serve a connection whose user is known */
  serve(socket: RowlockSocket, actor: Actor): void;
}): Tenant {
  const isFirst = createFirstTimes();
  /** When the handshake of a connection began */
  const handshakesMs = new WeakMap<RowlockSocket, number>();

  return {
    namespace,
    origins,
    noteForeign(origin) {
      const cause = notInvited(origin);
      if (isFirst(cause)) logger.warn(`a connection was refused: ${cause} (said once)`);
    },
    isBarred: admission.isBarred,
    meet: admission.meet,
    authenticate(socket) {
      handshakesMs.set(socket, clock.nowMs());
      return admission.admit(socket);
    },
    yieldConnection: admission.yieldConnection,
    refuse(socket, cause) {
      const address = admission.noteRefused(socket);
      if (cause instanceof RowlockError) {
        logger.info(`a connection from ${address} was refused: ${cause.message}`);
      } else logger.error('authenticate failed, so a connection was refused', cause);
      return asConnectError(cause);
    },
    welcome(socket, actor) {
      if (dismissals.isSince(actor.id, handshakesMs.get(socket) ?? 0)) endSocket(socket, signedOut());
      else serve(socket, actor);
    },
  };
}
