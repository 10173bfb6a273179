/** Ends connections that flood, and counts their floods to their users. */
import type { Actor, Limits } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { KeyedRateLimit } from '../rateLimit.ts';
import { boundInflow, type EngineConnection, endConnection } from './connectionBounds.ts';

export class FloodBounds {
  readonly #parts: FloodBoundsParts;
  readonly #users = new WeakMap<EngineConnection, Actor>();
  /** Removes the limits of a connection again */
  readonly #bounded = new WeakMap<EngineConnection, () => void>();

  constructor(parts: FloodBoundsParts) {
    this.#parts = parts;
  }

  /** Does nothing if it is bound already: one connection can ask for the namespace more than once. */
  bind(connection: EngineConnection, { address, isShared }: { address: string; isShared: boolean }): void {
    if (this.#bounded.has(connection)) return;
    const { limits, clock, logger, messageRates } = this.#parts;
    const packetsPer10s = 2 * limits.messagesPer10s;
    const { bytesPer10s } = limits;
    const unbind = boundInflow(connection, { packetsPer10s, bytesPer10s, isShared }, clock, () => {
      logger.warn(
        `a connection from ${address} was ended: it sent more than ${packetsPer10s} packets or ${bytesPer10s} bytes within 10 s`,
      );
      const user = this.#users.get(connection);
      if (user) messageRates.allow(user.id, packetsPer10s);
      endConnection(connection);
    });
    this.#bounded.set(connection, unbind);
  }

  unbind(connection: EngineConnection): void {
    this.#bounded.get(connection)?.();
    this.#bounded.delete(connection);
  }

  /** From now on a flood counts to this user. */
  noteUser(connection: EngineConnection, user: Actor): void {
    this.#users.set(connection, user);
  }
}

export interface FloodBoundsParts {
  limits: Pick<Limits, 'messagesPer10s' | 'bytesPer10s'>;
  clock: Clock;
  logger: Logger;
  /** The limit of each user's messages */
  messageRates: Pick<KeyedRateLimit, 'allow'>;
}
