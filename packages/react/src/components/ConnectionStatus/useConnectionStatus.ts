import { useEffect, useState } from 'react';
import { systemClock } from '../../core/clock.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';
import { getShownConnection, type ShownConnection } from './getShownConnection.ts';

/** A shorter state is not shown. */
const SETTLE_MS = 300;

/** The connection as people see it: a loss of less than 300 ms is not shown. */
export function useConnectionStatus(): ShownConnection {
  const { current } = useRowlock().client.connection;
  const [shown, show] = useState<ShownConnection>({ status: 'pending' });
  useEffect(() => {
    const next = getShownConnection(current);
    if (next.status === 'live' || next.status === 'refused') return show(next);
    return systemClock.after(SETTLE_MS, () => show(next));
  }, [current]);
  return shown;
}
