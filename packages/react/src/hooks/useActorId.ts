import { useCallback, useSyncExternalStore } from 'react';
import { useClient } from './contexts.ts';

const unknownActor = () => undefined;

/** The id of who the server takes this tab's user for; undefined before the first connection. */
export function useActorId(): string | undefined {
  const client = useClient();
  const subscribe = useCallback((listener: () => void) => client.onConnectionChange(listener), [client]);
  return useSyncExternalStore(subscribe, () => client.actor?.id, unknownActor);
}
