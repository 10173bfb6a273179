/** From a client's first start to its last stop: connects, disconnects while the page is stopped, and releases leases. */
import { MOST_BEACON_LEASES, type ReleaseBeacon } from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { ConnectionDriver } from './connectionDriver.ts';
import { watchNetwork } from './networkEvents.ts';
import { watchPage } from './pageLifecycle.ts';
import type { TabLeaseLife } from './tabLeases.ts';

export interface ClientLifetimeOptions {
  clock: ClientClock;
  connection: ConnectionDriver;
  leases: TabLeaseLife;
  /** Where Rowlock's routes are mounted */
  routesUrl: string;
}

/** Within this time StrictMode can unmount and mount again without a second connection. */
const STOP_AFTER_MS = 100;

export class ClientLifetime {
  readonly #options: ClientLifetimeOptions;
  #startCount = 0;
  #isRunning = false;
  #stopListening = () => {};

  constructor(options: ClientLifetimeOptions) {
    this.#options = options;
  }

  /** Connects until each start was undone by the function that it returned. */
  start(): () => void {
    this.#startCount += 1;
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#stopListening = this.#listen();
      this.#options.leases.start();
      this.#options.connection.open();
    }
    let isUndone = false;
    return () => {
      if (isUndone) return;
      isUndone = true;
      this.#startCount -= 1;
      this.#options.clock.after(STOP_AFTER_MS, () => {
        if (this.#startCount === 0 && this.#isRunning) void this.#stop();
      });
    };
  }

  #listen(): () => void {
    const { connection } = this.#options;
    const stopPage = watchPage({ onStop: () => this.#leave(), onResume: () => this.#resume() });
    const stopNetwork = watchNetwork({
      onOffline: () => connection.noteOffline(),
      onOnline: () => connection.noteOnline(),
      onAttention: () => connection.noteAttention(),
    });
    return () => {
      stopPage();
      stopNetwork();
    };
  }

  async #stop(): Promise<void> {
    this.#isRunning = false;
    this.#stopListening();
    await this.#options.leases.stop();
    if (!this.#isRunning) this.#options.connection.close();
  }

  /**
   * The page runs no code from here on. An open connection would keep its leases in force while nobody can use them. A
   * page that comes back within the disconnect grace resumes them.
   */
  #leave(): void {
    this.#sendBeacon();
    this.#options.leases.suspend();
    this.#options.connection.close();
  }

  #resume(): void {
    this.#options.leases.resumePage();
    this.#options.connection.open();
  }

  #sendBeacon(): void {
    const secrets = this.#options.leases.listLeaseSecrets();
    if (typeof navigator.sendBeacon !== 'function') return;
    for (let start = 0; start < secrets.length; start += MOST_BEACON_LEASES) {
      const body: ReleaseBeacon = { leases: secrets.slice(start, start + MOST_BEACON_LEASES) };
      navigator.sendBeacon(`${this.#options.routesUrl}/leases/release`, JSON.stringify(body));
    }
  }
}
