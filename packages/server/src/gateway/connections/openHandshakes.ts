/**
 * Counts the open handshakes of each address: connections that have begun, and neither were admitted nor have ended. Clients that
 * connect and send nothing would fill the memory otherwise, since Socket.IO waits 45 s for their first message.
 */
import { type EngineConnection, onClose } from './connectionBounds.ts';

export class OpenHandshakes {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  readonly #ends = new WeakMap<EngineConnection, () => void>();

  /** `limit`: the most of one address */
  constructor(limit: number) {
    this.#limit = limit;
  }

  hasRoom(address: string): boolean {
    return (this.#counts.get(address) ?? 0) < this.#limit;
  }

  /** Counts the connection until `end`, or until it closes. Returns false if its address has as many as it may, or it has closed. */
  begin(connection: EngineConnection, address: string): boolean {
    if (!this.hasRoom(address) || connection.readyState === 'closed') return false;
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
    const end = () => {
      forget();
      this.#ends.delete(connection);
      const left = this.#counts.get(address)! - 1;
      if (left > 0) this.#counts.set(address, left);
      else this.#counts.delete(address);
    };
    this.#ends.set(connection, end);
    const forget = onClose(connection, end);
    return true;
  }

  isOpen(connection: EngineConnection): boolean {
    return this.#ends.has(connection);
  }

  /** Does nothing if the connection does not count. */
  end(connection: EngineConnection): void {
    this.#ends.get(connection)?.();
  }

  /** Addresses that have an open handshake */
  get addressCount(): number {
    return this.#counts.size;
  }
}
