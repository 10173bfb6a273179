import type { Actor } from '@rowlock/protocol';
import { useCallback, useSyncExternalStore } from 'react';
import type { RowlockClient } from '../core/client.ts';
import { type ConnectionPhase, type ConnectionState, getActor } from '../core/connection.ts';
import type { RowlockClientError } from '../core/rowlockClientError.ts';
import { useClient } from './contexts.ts';

export interface RowlockState {
  client: RowlockClient;
  /** How the connection stands */
  status: ConnectionPhase;
  /** The user, as the server knows them. Undefined before the first connection */
  actor?: Actor;
  /** While `reconnecting` or `uncertain`: since when, in Unix ms by the server's clock */
  sinceMs?: number;
  /** While `refused`: why. While `reconnecting`: why the last attempt failed, if that is known */
  error?: RowlockClientError;
}

const BEFORE: ConnectionState = { status: 'connecting' };
const getBefore = () => BEFORE;

/** The client, and how its connection stands. */
export function useRowlock(): RowlockState {
  const client = useClient();
  const { connection } = client;
  const subscribe = useCallback((listener: () => void) => connection.onChange(listener), [connection]);
  const state = useSyncExternalStore(subscribe, () => connection.current, getBefore);
  const actor = getActor(state);
  return {
    client,
    status: state.status,
    ...(actor && { actor }),
    ...('sinceMs' in state && { sinceMs: state.sinceMs }),
    ...('error' in state && state.error && { error: state.error }),
  };
}
