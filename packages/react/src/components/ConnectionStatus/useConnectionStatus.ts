import { useEffect, useState } from 'react';
import { systemClock } from '../../core/clock.ts';
import { useRowlock } from '../../hooks/useRowlock.ts';

export type ShownConnection =
  /** Too early to say anything: most connections are there at once */
  | { status: 'pending' }
  | { status: 'connecting' }
  | { status: 'live' }
  | { status: 'uncertain' }
  | { status: 'reconnecting'; sinceMs: number }
  | { status: 'refused' };

/** What lasts no longer than this is not worth showing. */
const SETTLE_MS = 300;

/** The connection as people see it: a loss that is over within a blink is not shown. */
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
