import { useEffect, useState } from 'react';
import { systemClock } from '../../core/clock.ts';
import type { ConnectionState } from '../../core/connection.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import { getShownConnection, type ShownConnection } from './getShownConnection.ts';

/** A shorter state is not shown. */
const SETTLE_MS = 300;

/** The connection that has lasted long enough to be shown */
interface Settled {
  connection?: ConnectionState;
  shown: ShownConnection;
}

/** The connection as people see it: a loss of less than 300 ms is not shown. */
export function useConnectionStatus(): ShownConnection {
  const { current } = useRowlock().client.connection;
  const [settled, settle] = useState<Settled>({ shown: { status: 'pending' } });
  const isShownAtOnce = current.status === 'live' || current.status === 'refused';
  if (isShownAtOnce && settled.connection !== current) {
    settle({ connection: current, shown: getShownConnection(current) });
  }
  useEffect(() => {
    if (isShownAtOnce) return;
    return systemClock.after(SETTLE_MS, () =>
      settle({ connection: current, shown: getShownConnection(current) }),
    );
  }, [current, isShownAtOnce]);
  return settled.shown;
}
