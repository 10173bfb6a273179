import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useClient } from './contexts.ts';

export interface ActiveIdleWarning {
  /** The locks of this tab end then, unless somebody is active: Unix ms by the server's clock, as `useNow` and `client.connection.serverNow()` */
  endsAt: number;
  /** Reports to the server that somebody is here. Keys, pointers and scrolling do so by themselves */
  stay(): void;
}

const getNoWarning = () => undefined;

/** The server's warning that the rows of this tab are about to be unlocked, because nobody is active. Undefined without a warning. */
export function useIdleWarning(): ActiveIdleWarning | undefined {
  const client = useClient();
  const subscribe = useCallback((listener: () => void) => client.leases.onIdle(listener), [client]);
  const endsAt = useSyncExternalStore(subscribe, () => client.leases.idle?.endsAt, getNoWarning);
  return useMemo(
    () => (endsAt === undefined ? undefined : { endsAt, stay: () => client.reportActivity() }),
    [client, endsAt],
  );
}
