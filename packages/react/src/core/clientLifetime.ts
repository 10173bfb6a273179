/** From a client's first start to its last stop: connects, disconnects while the page is stopped, and releases. */
import type { ReleaseBeacon } from '@rowlock/protocol';
import type { Clock } from './clock.ts';
import type { ConnectionDriver } from './connectionDriver.ts';
import type { OwnLeases } from './ownLeases.ts';
import { watchPage } from './pageLifecycle.ts';
import type { Transport } from './transport.ts';

export interface ClientLifetimeOptions {
  clock: Clock;
  /** By the server's clock */
  now: () => number;
  transport: Transport;
  connection: ConnectionDriver;
  leases: OwnLeases;
  beaconUrl: string;
}

/** A moment lets StrictMode unmount and mount again without a second connection. */
const STOP_AFTER_MS = 100;

export class ClientLifetime {
  readonly #options: ClientLifetimeOptions;
  #starts = 0;
  #isRunning = false;
  /** The page runs no code now, as far as is known */
  #isPageStopped = false;
  #stopListening = () => {};

  constructor(options: ClientLifetimeOptions) {
    this.#options = options;
  }

  /** Connects, for as long as somebody has started it. Returns what takes this start back. */
  start(): () => void {
    this.#starts += 1;
    if (!this.#isRunning) {
      this.#isRunning = true;
      this.#stopListening = watchPage({
        onStop: () => this.#leave(),
        onResume: () => this.#resume(),
      });
      this.#options.leases.start();
      this.#options.transport.connect();
    }
    let taken = false;
    return () => {
      if (taken) return;
      taken = true;
      this.#starts -= 1;
      this.#options.clock.after(STOP_AFTER_MS, () => {
        if (this.#starts === 0 && this.#isRunning) void this.#stop();
      });
    };
  }

  reconnect(): void {
    const { connection, now } = this.#options;
    if (this.#isRunning && !this.#isPageStopped) connection.dispatch({ type: 'reconnect', atMs: now() });
  }

  async #stop(): Promise<void> {
    this.#isRunning = false;
    this.#stopListening();
    await this.#options.leases.stop();
    if (!this.#isRunning) this.#disconnect();
  }

  /**
   * The page runs no code from here on. An open connection would keep its leases in force while nobody can use them. A
   * page that comes back within the disconnect grace resumes them.
   */
  #leave(): void {
    this.#isPageStopped = true;
    this.#sendBeacon();
    this.#options.leases.suspend();
    this.#disconnect();
  }

  #resume(): void {
    this.#isPageStopped = false;
    this.#options.leases.resumePage();
    this.#options.transport.connect();
  }

  #disconnect(): void {
    const { transport, connection, now } = this.#options;
    transport.close();
    connection.dispatch({ type: 'down', atMs: now() });
  }

  #sendBeacon(): void {
    const leases = this.#options.leases.listLeaseSecrets();
    if (leases.length === 0 || typeof navigator.sendBeacon !== 'function') return;
    const body: ReleaseBeacon = { leases };
    navigator.sendBeacon(this.#options.beaconUrl, JSON.stringify(body));
  }
}
