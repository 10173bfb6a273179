/** Admits connections to the live channel: within the limits of their address, from an invited origin, signed in. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Actor, Limits } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import { RowlockError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Origins } from '../../origins.ts';
import type { Permissions } from '../../permissions.ts';
import { createKeyedRateLimit, type KeyedRateLimit } from '../rateLimit.ts';
import { cutAfterClose, endConnection, engineOf, type NewConnection } from './connectionBounds.ts';
import { FloodBounds } from './floodBounds.ts';
import { OpenHandshakes } from './openHandshakes.ts';
import { credentialsOf, type RowlockSocket } from './rowlockSocket.ts';

/** A handshake before it is accepted. `address`: of its connection */
export interface NewHandshake {
  headers: IncomingHttpHeaders;
  address: string;
}

/** The address that a handshake counts for. */
export type AddressOf = (handshake: NewHandshake) => string;

/** Characters of a refused `auth` that count as one more refusal, because it was read and parsed for nothing. */
const AUTH_PER_COST = 16_384;

export interface Admission {
  /** Whether the address has too many refused or open handshakes for one more. Asked on a server of ours, before the handshake */
  isBarred(handshake: NewHandshake): boolean;
  /** A connection to a server of ours, before its first message */
  meet(connection: NewConnection): void;
  /** Identifies the user. @throws {RowlockError} if the connection is refused */
  admit(socket: RowlockSocket): Promise<Actor>;
  /** Another tenant serves the connection: its limits count, and these no longer */
  yieldConnection(socket: RowlockSocket): void;
  /** No tenant has admitted it. Returns the address that this counts for. */
  noteRefused(socket: RowlockSocket): string;
}

export interface AdmissionParts {
  permissions: Permissions;
  origins: Origins;
  limits: Limits;
  clock: Clock;
  logger: Logger;
  sessions: { listOf(actorId: string): readonly unknown[] };
  /** The limit of each user's messages, to which their floods count */
  messageRates: Pick<KeyedRateLimit, 'allow'>;
  /** Default: the address of the connection */
  addressOf?: AddressOf;
}

export function createAdmission(parts: AdmissionParts): Admission {
  const { permissions, origins, limits, clock, sessions, messageRates } = parts;
  const { addressOf = ({ address }) => address } = parts;
  const refusals = createKeyedRateLimit(limits.refusalsPer10sOfAddress, clock);
  const handshakes = new OpenHandshakes(limits.openHandshakesOfAddress);
  const floods = new FloodBounds(parts);

  function isBarred(handshake: NewHandshake): boolean {
    const address = addressOf(handshake);
    return !refusals.allow(address, 0) || !handshakes.hasRoom(address);
  }

  function meet(conn: NewConnection): void {
    const address = addressOf({ headers: conn.request.headers, address: conn.remoteAddress });
    cutAfterClose(conn, clock);
    if (handshakes.begin(conn, address)) floods.bind(conn, { address, isShared: false });
    else endConnection(conn);
  }

  /** On the application's own server nobody meets a connection before. */
  async function admitUnmet(socket: RowlockSocket): Promise<Actor> {
    const connection = engineOf(socket);
    if (!handshakes.begin(connection, addressOf(socket.handshake))) throw tooManyOpen(limits);
    try {
      return await admit(socket);
    } finally {
      handshakes.end(connection);
    }
  }

  async function admit(socket: RowlockSocket): Promise<Actor> {
    const connection = engineOf(socket);
    floods.bind(connection, { address: addressOf(socket.handshake), isShared: true });
    if (!refusals.allow(addressOf(socket.handshake), 0)) throw tooManyRefused();
    const { headers, secure } = socket.handshake;
    origins.require({ headers, isEncrypted: secure });
    const actor = await permissions.authenticate(credentialsOf(socket));
    const { length } = sessions.listOf(actor.id);
    if (length >= limits.connectionsOfUser) throw tooManyTabs(length);
    if (!messageRates.allow(actor.id, 0)) throw tooManyMessages(limits);
    floods.noteUser(connection, actor);
    handshakes.end(connection);
    return actor;
  }

  return {
    isBarred,
    meet,
    admit: (socket) => (handshakes.isOpen(engineOf(socket)) ? admit(socket) : admitUnmet(socket)),
    yieldConnection(socket) {
      const connection = engineOf(socket);
      floods.unbind(connection);
      handshakes.end(connection);
    },
    noteRefused({ handshake }) {
      const address = addressOf(handshake);
      refusals.allow(address, 1 + Math.floor(JSON.stringify(handshake.auth).length / AUTH_PER_COST));
      return address;
    },
  };
}

const refused = (message: string) => new RowlockError('rate_limited', message);

const tooManyRefused = () =>
  refused('Too many connections from your address were refused within 10 s. Wait a moment.');

const tooManyOpen = ({ openHandshakesOfAddress }: Limits) =>
  refused(
    `Your address opens ${openHandshakesOfAddress} connections at this moment, and may open no more. Wait a moment.`,
  );

const tooManyTabs = (connections: number) =>
  refused(`You have ${connections} connections to this server, and may have no more. Close some tabs.`);

const tooManyMessages = ({ messagesPer10sOfUser }: Limits) =>
  refused(
    `Your tabs have sent more than ${messagesPer10sOfUser} messages within 10 s, so they may not connect. Wait a moment.`,
  );
