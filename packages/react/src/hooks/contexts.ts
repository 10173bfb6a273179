import { createContext, useContext } from 'react';
import type { RowlockClient } from '../core/client.ts';
import type { CommonTexts } from '../messages/commonTexts.ts';
import { type GivenTexts, NO_TEXTS, resolveTexts, type TextGroup } from '../messages/textGroup.ts';

export const ClientContext = createContext<RowlockClient | undefined>(undefined);
export const ResourceContext = createContext<string | undefined>(undefined);
export const MessagesContext = createContext<GivenTexts>(NO_TEXTS);

/** @throws {Error} outside of a `<RowlockProvider>` */
export function useClient(): RowlockClient {
  const client = useContext(ClientContext);
  if (client) return client;
  throw new Error(
    'There is no <RowlockProvider> above this component, so it has no connection to a Rowlock server. ' +
      'Put one near the root of the app: <RowlockProvider url="…">…</RowlockProvider>.',
  );
}

/** The texts of a component: those that the application gives, and the English ones for the rest. */
export const useTexts = <Own extends object>(group: TextGroup<Own>): CommonTexts & Own =>
  resolveTexts(group, useContext(MessagesContext));
