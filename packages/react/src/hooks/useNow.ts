import { useEffect, useState } from 'react';
import { systemClock } from '../core/clock.ts';
import { useClient } from './contexts.ts';

/** The present in Unix ms by the server's clock, renewed every `everyMs` while `isRunning`. For times on screen; sends nothing. */
export function useNow(everyMs: number, isRunning = true): number {
  const { connection } = useClient();
  const [nowMs, setNowMs] = useState(() => connection.serverNow());
  useEffect(() => {
    if (!isRunning) return;
    let cancel = () => {};
    const tick = () => {
      setNowMs(connection.serverNow());
      cancel = systemClock.after(everyMs, tick);
    };
    tick();
    return () => cancel();
  }, [connection, everyMs, isRunning]);
  return nowMs;
}
