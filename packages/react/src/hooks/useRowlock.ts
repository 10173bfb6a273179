import type { Actor, ErrorBody } from '@rowlock/protocol';
import { useCallback, useSyncExternalStore } from 'react';
import type { RowlockClient } from '../core/client.ts';
import { actorOf, type Connection, type ConnectionStatus } from '../core/connection.ts';
import { useClient } from './contexts.ts';

export interface Rowlock {
  client: RowlockClient;
  status: ConnectionStatus;
  /** Who the server takes this tab's user for; undefined before the first connection */
  actor?: Actor;
  /** While `reconnecting` or `uncertain`: since when, in Unix ms */
  sinceMs?: number;
  /** While `refused`: why. While `reconnecting`: why the last attempt failed, if that is known */
  error?: ErrorBody;
}

const BEFORE: Connection = { status: 'connecting' };
const beforeConnection = () => BEFORE;

/** The client, and how its connection stands. */
export function useRowlock(): Rowlock {
  const client = useClient();
  const subscribe = useCallback((listener: () => void) => client.onConnectionChange(listener), [client]);
  const connection = useSyncExternalStore(subscribe, () => client.connection, beforeConnection);
  const actor = actorOf(connection);
  return {
    client,
    status: connection.status,
    ...(actor && { actor }),
    ...('sinceMs' in connection && { sinceMs: connection.sinceMs }),
    ...('error' in connection && connection.error && { error: connection.error }),
  };
}
