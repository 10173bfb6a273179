import { useEffect, useState } from 'react';
import { systemClock } from '../../core/clock.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';

export type ShownConnection =
  /** Too early to show anything: most connections are made at once */
  | { status: 'pending' }
  | { status: 'connecting' }
  | { status: 'live' }
  | { status: 'uncertain' }
  | { status: 'reconnecting'; sinceMs: number }
  | { status: 'refused' };

/** A shorter state is not shown. */
const SETTLE_MS = 300;

/** The connection as people see it: a loss of less than 300 ms is not shown. */
export function useConnectionStatus(): ShownConnection {
  const { status, sinceMs } = useRowlock();
  const [shown, show] = useState<ShownConnection>({ status: 'pending' });
  useEffect(() => {
    const next: ShownConnection =
      status === 'reconnecting' ? { status, sinceMs: sinceMs ?? systemClock.now() } : { status };
    if (status === 'live' || status === 'refused') return show(next);
    return systemClock.after(SETTLE_MS, () => show(next));
  }, [status, sinceMs]);
  return shown;
}
