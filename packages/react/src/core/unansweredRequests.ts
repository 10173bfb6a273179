/** The requests of a transport that wait for their answers. Without a connection, each gets the answer `unavailable`. */
import type { Ack, ClientMessageName } from '@rowlock/protocol';
import { notConnected } from './transport.ts';

/** Sends a message. `answer` is called with the answer, if there is one. */
type Send<N extends ClientMessageName> = (answer: (ack: Ack<N>) => void) => void;

export class UnansweredRequests {
  readonly #giveUps = new Set<() => void>();

  /** Sends a request, or gives up at once if nothing can be sent. `onAnswer` is called before the promise resolves. */
  request<N extends ClientMessageName>(
    send: Send<N> | undefined,
    onAnswer?: (answer: Ack<N>) => void,
  ): Promise<Ack<N>> {
    return new Promise((resolve) => {
      const settle = (answer: Ack<N>) => {
        onAnswer?.(answer);
        resolve(answer);
      };
      if (!send) return settle(notConnected());
      const giveUp = () => {
        this.#giveUps.delete(giveUp);
        settle(notConnected());
      };
      this.#giveUps.add(giveUp);
      send((answer) => {
        if (this.#giveUps.delete(giveUp)) settle(answer);
      });
    });
  }

  /** The connection is lost: no answer will come. */
  giveUpAll(): void {
    for (const giveUp of [...this.#giveUps]) giveUp();
  }
}
