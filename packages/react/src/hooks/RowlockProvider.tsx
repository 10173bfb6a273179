import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { createRowlockClient, type RowlockClient } from '../core/client.ts';
import type { AuthSource } from '../core/socketTransport.ts';
import { englishMessages, type Messages } from '../messages.ts';
import { ClientContext, MessagesContext } from './contexts.ts';

interface CommonProps {
  children?: ReactNode;
  /** The texts of the components; what is left out stays English */
  messages?: Partial<Messages>;
}

export type RowlockProviderProps = CommonProps &
  (
    | { client: RowlockClient; url?: undefined; auth?: undefined }
    /** `auth`: an object is compared by content, and another one means another user: a new connection */
    | { client?: undefined; url?: string; auth?: AuthSource }
  );

/** One connection for all that is below it. Safe under StrictMode; on the server it does not connect. */
export function RowlockProvider({ children, messages, client: given, url, auth }: RowlockProviderProps) {
  const client = useOwnClient(given, url, auth);
  useEffect(() => client.start(), [client]);
  const texts = useMemo(() => ({ ...englishMessages, ...messages }), [messages]);
  return (
    <ClientContext value={client}>
      <MessagesContext value={texts}>{children}</MessagesContext>
    </ClientContext>
  );
}

function useOwnClient(given: RowlockClient | undefined, url = '', auth: AuthSource = {}): RowlockClient {
  const latestAuth = useRef(auth);
  useEffect(() => {
    latestAuth.current = auth;
  });
  // A function is asked anew on every connection, so its identity says nothing; an object says who the user is.
  const identity = typeof auth === 'function' ? 'function' : JSON.stringify(auth);
  return useMemo(() => {
    if (given) return given;
    const source: AuthSource =
      identity === 'function'
        ? () => {
            const current = latestAuth.current;
            return typeof current === 'function' ? (current as () => object | Promise<object>)() : current;
          }
        : (JSON.parse(identity) as object);
    return createRowlockClient({ url, auth: source });
  }, [given, url, identity]);
}
