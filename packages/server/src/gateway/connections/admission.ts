/** Admits connections to the live channel: within the limits of their address, from an invited origin, signed in. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Actor, Limits } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Origins } from '../../origins.ts';
import type { Permissions } from '../../permissions.ts';
import { createKeyedRateLimit } from '../rateLimit.ts';
import { boundInflow, type EngineConnection, endConnection, type NewConnection } from './connectionBounds.ts';
import { credentialsOf, type RowlockSocket } from './rowlockSocket.ts';

/** The address that a handshake counts for. */
export type AddressOf = (handshake: { headers: IncomingHttpHeaders; address: string }) => string;

/** Characters of a refused `auth` that count as one more refusal, because it was read and parsed for nothing. */
const AUTH_PER_COST = 16_384;

export interface Admission {
  /** A connection to a server of ours, before its first message */
  meet(connection: NewConnection): void;
  /** Identifies the user. @throws {RowlockError} if the connection is refused */
  admit(socket: RowlockSocket): Promise<Actor>;
  /** Another tenant serves the connection: its limits count, and these no longer */
  yieldConnection(socket: RowlockSocket): void;
  /** No tenant has admitted it. Returns the address that this counts for. */
  noteRefused(socket: RowlockSocket): string;
}

export function createAdmission(deps: {
  permissions: Permissions;
  origins: Origins;
  limits: Limits;
  clock: Clock;
  logger: Logger;
  connectionsOf(actor: Actor): number;
  /** Default: the address of the connection */
  addressOf?: AddressOf;
}): Admission {
  const { permissions, origins, limits, clock, logger, connectionsOf } = deps;
  const { addressOf = ({ address }) => address } = deps;
  const refusals = createKeyedRateLimit(limits.refusalsPer10sOfAddress, clock);
  /** Removes the limits of a connection again */
  const bounded = new WeakMap<object, () => void>();

  function meet(conn: NewConnection): void {
    const address = addressOf({ headers: conn.request.headers, address: conn.remoteAddress });
    if (refusals.allow(address, 0)) boundConnection(conn, address, false);
    else endConnection(conn);
  }

  async function admit(socket: RowlockSocket): Promise<Actor> {
    boundConnection(socket.conn, addressOf(socket.handshake), true);
    if (!refusals.allow(addressOf(socket.handshake), 0)) {
      throw new RowlockError(
        'rate_limited',
        'Too many connections from your address were refused within 10 s. Wait a moment.',
      );
    }
    const { headers, secure } = socket.handshake;
    origins.require({ headers, isEncrypted: secure });
    const actor = await permissions.authenticate(credentialsOf(socket));
    const connections = connectionsOf(actor);
    if (connections >= limits.connectionsOfUser) {
      throw new RowlockError(
        'rate_limited',
        `You have ${connections} connections to this server, and may have no more. Close some tabs.`,
      );
    }
    return actor;
  }

  function boundConnection(conn: object, address: string, isShared: boolean): void {
    // One Engine.IO connection can ask for the namespace more than once.
    if (bounded.has(conn)) return;
    const connection = conn as EngineConnection;
    const packetsPer10s = 2 * limits.messagesPer10s;
    const { bytesPer10s } = limits;
    const unbound = boundInflow(connection, { packetsPer10s, bytesPer10s, isShared }, clock, () => {
      logger.warn(
        `a connection from ${address} was ended: it sent more than ${packetsPer10s} packets or ${bytesPer10s} bytes within 10 s`,
      );
      endConnection(connection);
    });
    bounded.set(conn, unbound);
  }

  return {
    meet,
    admit,
    yieldConnection({ conn }) {
      bounded.get(conn)?.();
      bounded.delete(conn);
    },
    noteRefused({ handshake }) {
      const address = addressOf(handshake);
      refusals.allow(address, 1 + Math.floor(JSON.stringify(handshake.auth).length / AUTH_PER_COST));
      return address;
    },
  };
}
