/**
 * The namespace `/rowlock` of one Socket.IO server, and the tenants that share it: each is a Rowlock of its own.
 *
 * A connection belongs to the one tenant whose `authenticate` accepts it. If several accept it, it is refused: no
 * session is served by two tenants, or by the wrong one.
 */
import { type Actor, CHANNEL_NAMESPACE } from '@rowlock/protocol';
import type { Server } from 'socket.io';
import { RowlockError } from '../../errors.ts';
import type { OriginCheck, Origins } from '../../origins.ts';
import type { NewHandshake } from './admission.ts';
import type { NewConnection } from './connectionBounds.ts';
import type { RowlockSocket } from './rowlockSocket.ts';

export interface Tenant {
  /** Unique: two Rowlocks of one namespace are one tenant */
  readonly namespace: string;
  readonly origins: Origins;
  /** A page of a foreign origin was refused before its first message */
  noteForeign(origin: string | undefined): void;
  /** Whether the address of a handshake may make no more of them now, on a server that Rowlock made */
  isBarred(handshake: NewHandshake): boolean;
  /** A new connection to a server that Rowlock made, before its first message */
  meet(connection: NewConnection): void;
  /** Identifies the user. @throws if this tenant refuses the connection */
  authenticate(socket: RowlockSocket): Promise<Actor>;
  /** Another tenant serves the connection: only that one's limits count for it */
  yieldConnection(socket: RowlockSocket): void;
  /** No tenant has accepted the connection. Returns the error for the client. */
  refuse(socket: RowlockSocket, cause: unknown): Error;
  welcome(socket: RowlockSocket, actor: Actor): void;
}

export interface Channel {
  /** Serves the tenant. Does nothing if it is served already. @throws if another one has its namespace */
  join(tenant: Tenant): void;
  isBarred(handshake: NewHandshake): boolean;
  meet(connection: NewConnection): void;
  /** Whether some tenant lets pages of this request's origin act. */
  isInvited(request: OriginCheck): boolean;
  isListed(origin: string | undefined): boolean;
  /** No new connection reaches the tenant. Returns how many tenants are left */
  leave(tenant: Tenant): number;
}

const channels = new WeakMap<Server, Channel>();

export function channelOf(io: Server): Channel {
  const channel = channels.get(io) ?? openChannel(io);
  channels.set(io, channel);
  return channel;
}

function openChannel(io: Server): Channel {
  const tenants = new Set<Tenant>();
  const accepted = new WeakMap<RowlockSocket, Acceptance>();
  const namespace = io.of(CHANNEL_NAMESPACE);

  namespace.use(async (socket: RowlockSocket, next) => {
    neverRecover(namespace.adapter);
    const asked = [...tenants];
    const answers = await Promise.allSettled(asked.map((tenant) => tenant.authenticate(socket)));
    const choice = chooseTenant(asked, answers);
    if ('actor' in choice) {
      accepted.set(socket, choice);
      for (const tenant of asked) if (tenant !== choice.tenant) tenant.yieldConnection(socket);
      return next();
    }
    const [first] = asked;
    next(first ? first.refuse(socket, choice.cause) : asConnectError(choice.cause));
  });

  namespace.on('connection', (socket: RowlockSocket) => {
    const acceptance = accepted.get(socket);
    // The tenant may have left since.
    if (acceptance && tenants.has(acceptance.tenant)) acceptance.tenant.welcome(socket, acceptance.actor);
    else socket.disconnect(true);
  });

  return {
    join(tenant) {
      const same = [...tenants].find((other) => other.namespace === tenant.namespace);
      if (same && same !== tenant) {
        throw new Error(
          `Another Rowlock of the namespace "${tenant.namespace}" serves this server already, so a tab could belong to ` +
            'either. Close that one first: `await rowlock.close()`.',
        );
      }
      tenants.add(tenant);
    },
    isBarred: (handshake) => [...tenants].some((tenant) => tenant.isBarred(handshake)),
    meet(connection) {
      for (const tenant of tenants) tenant.meet(connection);
    },
    isInvited(request) {
      const all = [...tenants];
      // The server is stopping. Nothing is left to act on, and tabs that poll finish what they have begun.
      if (all.length === 0) return true;
      if (all.some(({ origins }) => origins.isInvited(request))) return true;
      for (const tenant of all) tenant.noteForeign(request.headers.origin);
      return false;
    },
    isListed: (origin) => [...tenants].some(({ origins }) => origins.isListed(origin)),
    leave(tenant) {
      tenants.delete(tenant);
      return tenants.size;
    },
  };
}

/** The tenant that accepts a connection, and the user as it knows them. */
export interface Acceptance {
  tenant: Tenant;
  actor: Actor;
}

/** An unexpected error comes first, because the client may try again after it. */
export function chooseTenant(
  tenants: readonly Tenant[],
  answers: readonly PromiseSettledResult<Actor>[],
): Acceptance | { cause: unknown } {
  const accepted = answers.flatMap((answer, i) =>
    answer.status === 'fulfilled' ? [{ tenant: tenants[i]!, actor: answer.value }] : [],
  );
  if (accepted.length === 1) return accepted[0]!;
  if (accepted.length > 1) {
    return {
      cause: new RowlockError(
        'forbidden',
        `${accepted.length} tenants of this server accept these credentials, so it is not clear which one is meant. ` +
          'Let `authenticate` of each accept its own users only, for example by a field of `auth`.',
      ),
    };
  }
  const causes = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as unknown] : [],
  );
  const unforeseen = causes.find((cause) => !(cause instanceof RowlockError));
  return {
    cause:
      unforeseen ??
      causes[0] ??
      new RowlockError('unavailable', 'This server is stopping. Connect to another.'),
  };
}

/** As Socket.IO hands it to the client: `connect_error` with the body in `data`. */
export function asConnectError(cause: unknown): Error {
  const body =
    cause instanceof RowlockError
      ? cause.toBody()
      : { code: 'internal', message: 'The server could not check your credentials. Try again in a moment.' };
  return Object.assign(new Error(body.message), { data: body });
}

/**
 * Socket.IO's connection state recovery sends missed messages before any middleware has run, so before the client is
 * authenticated again. A session catches up by `resume` and `watch` instead.
 */
function neverRecover(adapter: { restoreSession(id: string, offset: string): Promise<unknown> }): void {
  adapter.restoreSession = async () => null;
}
