import { useMemo } from 'react';
import { type RowlockState, useRowlock } from './useRowlock.ts';

export interface ConnectionInfo extends Omit<RowlockState, 'client'> {
  /** `status === 'live'`: the server sees every lock, and this page sees its changes */
  isLive: boolean;
  /** Replaces the connection by a new one, so that the server authenticates this tab again: after a sign-in, for example */
  reconnect(): void;
  /** Asks the server at once whether the connection works: after a request of your own failed at the network level */
  check(): void;
}

/** How the connection stands, live, and what can be done about it. `<ConnectionStatus>` shows it. */
export function useConnection(): ConnectionInfo {
  const { client, ...state } = useRowlock();
  const { connection } = client;
  const actions = useMemo(
    () => ({ reconnect: () => connection.reconnect(), check: () => connection.check() }),
    [connection],
  );
  return { ...state, isLive: state.status === 'live', ...actions };
}
