import { createContext, useContext } from 'react';
import type { RowlockClient } from '../core/client.ts';
import { englishMessages, type Messages } from '../messages.ts';

export const ClientContext = createContext<RowlockClient | undefined>(undefined);
export const ResourceContext = createContext<string | undefined>(undefined);
export const MessagesContext = createContext<Messages>(englishMessages);

/** @throws {Error} outside of a `<RowlockProvider>` */
export function useClient(): RowlockClient {
  const client = useContext(ClientContext);
  if (client) return client;
  throw new Error(
    'There is no <RowlockProvider> above this component, so it has no connection to a Rowlock server. ' +
      'Put one near the root of the app: <RowlockProvider url="…">…</RowlockProvider>.',
  );
}

export const useMessages = (): Messages => useContext(MessagesContext);
