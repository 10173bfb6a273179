/** Restores the leases that this tab held before a reload. Gives them up while the page is stopped, for the next page. */
import type { SessionSecret } from '@rowlock/protocol';
import type { LeaseBook } from './leaseBook.ts';
import type { LeaseStorage } from './leaseStorage.ts';

export class LeaseRestoration {
  readonly #storage: LeaseStorage;
  readonly #book: LeaseBook;
  #restored: Promise<void> | undefined;

  constructor({ storage, book }: { storage: LeaseStorage; book: LeaseBook }) {
    this.#storage = storage;
    this.#book = book;
  }

  start(): void {
    this.#restored ??= this.#storage.load().then((leases) => {
      for (const lease of leases) this.#book.restore(lease);
    });
  }

  /** Resolves when the leases from before a reload are known. */
  get restored(): Promise<void> | undefined {
    return this.#restored;
  }

  /** The page stops: the next page of this tab may own the stored leases. */
  suspend(): void {
    this.#storage.suspend();
  }

  /** The page runs again. */
  resume(): void {
    this.#restored = this.#storage.resume().then(() => this.#book.save());
  }

  /** The session of this client. Undefined until it is known, and before `start` */
  get session(): SessionSecret | undefined {
    return this.#storage.session;
  }

  /** The user signs out: the next connection has another session. */
  renew(): void {
    this.#storage.renew();
  }

  close(): void {
    this.#storage.close();
    this.#restored = undefined;
  }
}
