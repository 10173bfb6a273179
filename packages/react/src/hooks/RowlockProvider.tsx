import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Announce } from '../announcer/announcementQueue.ts';
import { AnnounceContext } from '../announcer/useAnnounce.ts';
import { type AnyRowlockClient, createRowlockClient } from '../core/client.ts';
import type { RowlockClientOptions } from '../core/clientOptions.ts';
import type { AuthSource } from '../core/socketTransport.ts';
import type { Messages } from '../messages/messages.ts';
import { NO_TEXTS } from '../messages/textGroup.ts';
import { ClientContext, MessagesContext } from './contexts.ts';

interface CommonProps {
  children?: ReactNode;
  /**
   * The texts of the components. Texts that are left out stay English. Pass the same object at every render: `createGermanMessages()`
   * for German, or your own texts from a constant
   */
  messages?: Partial<Messages>;
  /** Reads texts aloud by the application's own announcer. Default: one live region for the page, which says at most one text in 5 s */
  announce?: Announce;
}

export type RowlockProviderProps = CommonProps &
  (
    | { client: AnyRowlockClient; url?: undefined; path?: undefined; auth?: undefined }
    /** `auth`: an object is compared by its content. New content is sent on a new connection, which keeps the user's leases */
    | ({ client?: undefined } & Pick<RowlockClientOptions, 'url' | 'path' | 'auth'>)
  );

/** One connection for everything below it. Safe under StrictMode. In server rendering it does not connect. */
export function RowlockProvider({
  children,
  messages = NO_TEXTS,
  announce,
  client: given,
  url,
  path,
  auth,
}: RowlockProviderProps) {
  const client = useOwnClient(given, url, path, auth);
  useEffect(() => client.start(), [client]);
  return (
    <ClientContext.Provider value={client}>
      <MessagesContext.Provider value={messages}>
        <AnnounceContext.Provider value={announce}>{children}</AnnounceContext.Provider>
      </MessagesContext.Provider>
    </ClientContext.Provider>
  );
}

function useOwnClient(
  given: AnyRowlockClient | undefined,
  url = '',
  path?: string,
  auth: AuthSource = {},
): AnyRowlockClient {
  const [latestAuth] = useState(() => new LatestAuth(auth));
  useEffect(() => latestAuth.set(auth));
  const client = useMemo(
    () =>
      given ??
      createRowlockClient({
        url,
        auth: () => latestAuth.read(),
        ...(path !== undefined && { path }),
      }),
    [given, url, path, latestAuth],
  );
  // A function is called at every connection, so its identity means nothing.
  const content = typeof auth === 'function' ? 'function' : JSON.stringify(auth);
  const connectedWith = useRef({ client, content });
  useEffect(() => {
    const before = connectedWith.current;
    connectedWith.current = { client, content };
    if (before.client === client && before.content !== content) client.connection.reconnect();
  }, [client, content]);
  return client;
}

/** Each connection reads what the latest render has given. */
class LatestAuth {
  #auth: AuthSource;

  constructor(auth: AuthSource) {
    this.#auth = auth;
  }

  set(auth: AuthSource): void {
    this.#auth = auth;
  }

  read(): object | Promise<object> {
    return typeof this.#auth === 'function' ? this.#auth() : this.#auth;
  }
}
