import type {
  Ack,
  Actor,
  ClientMessage,
  ClientMessageName,
  ErrorBody,
  SessionSecret,
} from '@rowlock/protocol';
import type { FetchRoute } from '../core/fetchRoute.ts';
import type { Transport, TransportEvent } from '../core/transport.ts';
import { UnansweredRequests } from '../core/unansweredRequests.ts';
import { MemoryServer } from './memoryServer.ts';
import type { MemoryServerOptions } from './memoryServerOptions.ts';
import { MemoryTab } from './memoryTab.ts';

export interface MemoryTransportOptions extends MemoryServerOptions {
  /** Pass the same server to the transports of several tabs. Default: a server of its own */
  server?: MemoryServer;
  /** The user of this tab. Default: Ann */
  actor?: Actor;
}

export interface MemoryTransport extends Transport {
  readonly server: MemoryServer;
  /** Answers the REST routes of tasks for the user of this tab. Fails while the tab is disconnected */
  readonly fetch: FetchRoute;
  /** The connection is lost, and comes back only by `reconnect` */
  disconnect(): void;
  reconnect(): void;
  /** From now on nothing arrives in either direction, without an event, until `reconnect` */
  cutSilently(): void;
  /** The user of this tab from the next connection on, which the server accepts */
  signInAs(actor: Actor): void;
  /** The server refuses this tab */
  refuse(message: string): void;
  /** The server accepts this tab again, from the next connection on */
  accept(): void;
}

/** A transport to a server in memory, which a story or a test sets and changes by `transport.server`. */
export const createMemoryTransport = (options: MemoryTransportOptions = {}): MemoryTransport =>
  new TransportInMemory(options);

/** The words of Chrome, since clients recognise a lost network by them */
const UNREACHABLE = 'Failed to fetch';

class TransportInMemory implements MemoryTransport {
  readonly server: MemoryServer;
  readonly fetch: FetchRoute;
  readonly #listeners = new Set<(event: TransportEvent) => void>();
  readonly #unanswered = new UnansweredRequests();
  #actor: Actor;
  #tab: MemoryTab | undefined;
  #isOffline = false;
  #isCut = false;
  #refusal: string | undefined;
  #getSession: Parameters<Transport['identify']>[0] = () => undefined;

  constructor({ actor = { id: 'ann', name: 'Ann Lee' }, server, ...options }: MemoryTransportOptions) {
    this.server = server ?? new MemoryServer(options);
    this.#actor = actor;
    const answer = this.server.createFetch(() => this.#actor);
    this.fetch = (url, init) =>
      this.#isOffline || this.#isCut ? Promise.reject(new TypeError(UNREACHABLE)) : answer(url, init);
  }

  identify(getSession: Parameters<Transport['identify']>[0]): void {
    this.#getSession = getSession;
  }

  connect(): void {
    if (this.#isOffline || this.#isCut || this.#tab) return;
    if (this.#refusal === undefined) this.#open();
    else this.#reportRefusalLater(this.#refusal);
  }

  close(): void {
    if (!this.#tab) return;
    this.server.leave(this.#tab);
    this.#tab = undefined;
    this.#unanswered.giveUpAll();
  }

  request<N extends ClientMessageName>(
    name: N,
    message: ClientMessage<N>,
    onAnswer?: (answer: Ack<N>) => void,
  ): Promise<Ack<N>> {
    const connected = this.#tab;
    if (!connected) return this.#unanswered.request(undefined, onAnswer);
    const send = (answer: (ack: Ack<N>) => void) => {
      if (!this.#isCut) this.server.answer(connected, name, message, (ack) => !this.#isCut && answer(ack));
    };
    return this.#unanswered.request<N>(send, onAnswer);
  }

  on(listener: (event: TransportEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  disconnect(): void {
    this.#isOffline = true;
    this.close();
    this.#report({ type: 'down' });
  }

  cutSilently(): void {
    this.#isCut = true;
  }

  reconnect(): void {
    this.#isOffline = false;
    if (this.#isCut && this.#tab) {
      this.close();
      this.#report({ type: 'down' });
    }
    this.#isCut = false;
    this.connect();
  }

  signInAs(actor: Actor): void {
    this.#actor = actor;
    this.#refusal = undefined;
  }

  refuse(message: string): void {
    this.#refusal = message;
    this.close();
    this.#report(refused(message));
  }

  accept(): void {
    this.#refusal = undefined;
  }

  #open(): void {
    const opened: MemoryTab = new MemoryTab(this.#actor, {
      emit: (event) => {
        if (this.#tab === opened && !this.#isCut) this.#report(event);
      },
      end: (reason) => this.#end(opened, reason),
    });
    this.#tab = opened;
    const join = (session: SessionSecret | undefined) => {
      if (this.#tab !== opened) return;
      opened.session = session;
      this.server.join(opened);
    };
    const session = this.#getSession();
    if (session instanceof Promise) void session.then(join);
    else join(session);
  }

  /** With a reason, the client connects again, and is refused until the user signs in again. */
  #end(ended: MemoryTab, reason: ErrorBody | undefined): void {
    if (this.#tab !== ended || this.#isCut) return;
    if (reason) {
      this.#refusal = reason.message;
      this.#report({ type: 'closing', payload: reason });
    }
    this.close();
    this.#report({ type: 'down' });
    if (reason) this.connect();
  }

  #reportRefusalLater(message: string): void {
    const report = () => this.#report(refused(message));
    if (this.server.delayMs > 0) this.server.clock.after(this.server.delayMs, report);
    else queueMicrotask(report);
  }

  #report(event: TransportEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

const refused = (message: string): TransportEvent => ({
  type: 'refused',
  error: { code: 'unauthenticated', message },
});
