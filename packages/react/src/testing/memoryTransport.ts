import type { Ack, Actor, ClientMessage, ClientMessageName, SessionSecret } from '@rowlock/protocol';
import type { Transport, TransportEvent } from '../core/transport.ts';
import { UnansweredRequests } from '../core/unansweredRequests.ts';
import { MemoryServer, type MemoryServerOptions } from './memoryServer.ts';
import { MemoryTab } from './memoryTab.ts';

export interface MemoryTransportOptions extends MemoryServerOptions {
  /** Pass the same server to the transports of several tabs. Default: a server of its own */
  server?: MemoryServer;
  /** The user of this tab. Default: Ann */
  actor?: Actor;
}

export interface MemoryTransport extends Transport {
  readonly server: MemoryServer;
  /** The connection is lost, and comes back only by `reconnect` */
  disconnect(): void;
  reconnect(): void;
  /** From now on nothing arrives in either direction, without an event, until `reconnect` */
  cutSilently(): void;
  /** The user of this tab from the next connection on */
  signInAs(actor: Actor): void;
  /** The server refuses this tab */
  refuse(message: string): void;
  /** The server accepts this tab again, from the next connection on */
  accept(): void;
}

/** A transport to a server in memory, which a story or a test sets and changes by `transport.server`. */
export function createMemoryTransport({
  actor: firstActor = { id: 'ann', name: 'Ann Lee' },
  server: given,
  ...options
}: MemoryTransportOptions = {}): MemoryTransport {
  const server = given ?? new MemoryServer(options);
  const listeners = new Set<(event: TransportEvent) => void>();
  const unanswered = new UnansweredRequests();
  let actor = firstActor;
  let tab: MemoryTab | undefined;
  let isOffline = false;
  let isCut = false;
  let refusal: string | undefined;
  let getSession: Parameters<Transport['identify']>[0] = () => undefined;

  const report = (event: TransportEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  const later = (run: () => void) => {
    if (server.delayMs > 0) server.clock.after(server.delayMs, run);
    else queueMicrotask(run);
  };

  const open = () => {
    if (isOffline || isCut || tab) return;
    if (refusal !== undefined) {
      const message = refusal;
      later(() => report({ type: 'refused', error: { code: 'unauthenticated', message } }));
      return;
    }
    const opened = new MemoryTab(actor, (event) => {
      if (tab === opened && !isCut) report(event);
    });
    tab = opened;
    const join = (session: SessionSecret | undefined) => {
      if (tab !== opened) return;
      if (session) opened.sessionId = session.sessionId;
      server.join(opened);
    };
    const session = getSession();
    if (session instanceof Promise) void session.then(join);
    else join(session);
  };
  const drop = () => {
    if (!tab) return;
    server.leave(tab);
    tab = undefined;
    unanswered.giveUpAll();
  };

  return {
    server,
    identify(how) {
      getSession = how;
    },
    connect: open,
    close: drop,
    request<N extends ClientMessageName>(
      name: N,
      message: ClientMessage<N>,
      onAnswer?: (answer: Ack<N>) => void,
    ): Promise<Ack<N>> {
      const connected = tab;
      if (!connected) return unanswered.request(undefined, onAnswer);
      const send = (answer: (ack: Ack<N>) => void) => {
        if (!isCut) server.answer(connected, name, message, (ack) => !isCut && answer(ack));
      };
      return unanswered.request<N>(send, onAnswer);
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    disconnect() {
      isOffline = true;
      drop();
      report({ type: 'down' });
    },
    cutSilently() {
      isCut = true;
    },
    reconnect() {
      isOffline = false;
      if (isCut && tab) {
        drop();
        report({ type: 'down' });
      }
      isCut = false;
      open();
    },
    signInAs(next) {
      actor = next;
    },
    accept() {
      refusal = undefined;
    },
    refuse(message) {
      refusal = message;
      drop();
      report({ type: 'refused', error: { code: 'unauthenticated', message } });
    },
  };
}
