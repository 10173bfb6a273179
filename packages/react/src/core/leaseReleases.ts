/**
 * Releases leases at the server. A release that did not reach it is sent again on the next connection, before anything is
 * acquired there: until the disconnect grace is over, the lease would block its own tab.
 */
import type { LeaseId, LeaseSecret } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import { Backoff, isFinalRefusal } from './refusals.ts';
import type { Transport } from './transport.ts';

export class LeaseReleases {
  readonly #transport: Pick<Transport, 'request'>;
  readonly #clock: ClientClock;
  /** The secrets of each lease whose release the server has not confirmed */
  readonly #unconfirmed = new Map<LeaseId, readonly LeaseSecret[]>();
  #sent: Promise<unknown> = Promise.resolve();

  constructor({ transport, clock }: { transport: Pick<Transport, 'request'>; clock: ClientClock }) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** Resolves when the server has answered to all that is sent again, or the connection is lost. */
  get sent(): Promise<unknown> {
    return this.#sent;
  }

  /** @param secrets  Of one lease. Any of them may be the present one: the answer to a `resume` can be lost */
  send(secrets: readonly LeaseSecret[]): Promise<void> {
    this.add(secrets);
    return this.#send(secrets, new Backoff(this.#clock));
  }

  /** Notes a release that is sent with the next connection. */
  add(secrets: readonly LeaseSecret[]): void {
    if (secrets[0]) this.#unconfirmed.set(secrets[0].leaseId, secrets);
  }

  /** A new connection has begun, or the server sees Redis again. */
  sendAgain(): Promise<unknown> {
    const unconfirmed = [...this.#unconfirmed.values()];
    this.#sent = Promise.all(unconfirmed.map((secrets) => this.#send(secrets, new Backoff(this.#clock))));
    return this.#sent;
  }

  /** The returned function forgets the releases that are unconfirmed now: call it when the server has ended these leases. */
  mark(): () => void {
    const marked = [...this.#unconfirmed];
    return () => {
      for (const [leaseId, secrets] of marked) {
        if (this.#unconfirmed.get(leaseId) === secrets) this.#unconfirmed.delete(leaseId);
      }
    };
  }

  async #send(secrets: readonly LeaseSecret[], backoff: Backoff): Promise<void> {
    for (const secret of secrets) {
      const answer = await this.#transport.request('release', secret);
      if (answer.ok) break;
      if (isFinalRefusal(answer.error)) continue;
      // Without a connection, or if the server does not see Redis, nothing is sent until that has changed.
      if (answer.error.code === 'unavailable') return;
      backoff.schedule(() => {
        if (this.#isUnconfirmed(secrets)) void this.#send(secrets, backoff);
      });
      return;
    }
    if (this.#isUnconfirmed(secrets)) this.#unconfirmed.delete(secrets[0]!.leaseId);
  }

  #isUnconfirmed(secrets: readonly LeaseSecret[]): boolean {
    return secrets[0] !== undefined && this.#unconfirmed.get(secrets[0].leaseId) === secrets;
  }
}
