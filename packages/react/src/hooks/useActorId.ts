import { useCallback, useSyncExternalStore } from 'react';
import { useClient } from './contexts.ts';

const getUnknown = () => undefined;

/** The id of the user, as the server knows them. Undefined before the first connection. */
export function useActorId(): string | undefined {
  const { connection } = useClient();
  const subscribe = useCallback((listener: () => void) => connection.onChange(listener), [connection]);
  return useSyncExternalStore(subscribe, () => connection.actor?.id, getUnknown);
}
