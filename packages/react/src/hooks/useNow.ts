import { useEffect, useState } from 'react';
import { systemClock } from '../core/clock.ts';
import { useClient } from './contexts.ts';

/** The present in Unix ms, renewed every `everyMs` while `isRunning`. For times that people read; it asks nobody. */
export function useNow(everyMs: number, isRunning = true): number {
  const client = useClient();
  const [nowMs, setNowMs] = useState(() => client.now());
  useEffect(() => {
    if (!isRunning) return;
    let cancel = () => {};
    const tick = () => {
      setNowMs(client.now());
      cancel = systemClock.after(everyMs, tick);
    };
    tick();
    return () => cancel();
  }, [client, everyMs, isRunning]);
  return nowMs;
}
