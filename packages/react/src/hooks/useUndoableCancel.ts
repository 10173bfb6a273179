import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { systemClock } from '../core/clock.ts';
import { onPageLeave } from '../core/pageLifecycle.ts';
import { PendingCancel } from '../core/pendingCancel.ts';

export interface UndoableCancel {
  /** The cancel is not sent yet, so the task still runs */
  isPending: boolean;
  /** `send`: called when the time is over, when the component unmounts, and when the page is left */
  cancel: (send: () => void) => void;
  undo: () => void;
}

const CANCEL_AFTER_MS = 5_000;
const getFalse = () => false;

/** A cancel that can be undone for 5 s. Until it is sent the task runs, and the screen should say so. */
export function useUndoableCancel(): UndoableCancel {
  const [pending] = useState(() => new PendingCancel(systemClock, CANCEL_AFTER_MS));
  useEffect(() => {
    const stop = onPageLeave(pending.flush);
    return () => {
      stop();
      pending.flush();
    };
  }, [pending]);
  return {
    isPending: useSyncExternalStore(pending.subscribe, pending.isPending, getFalse),
    cancel: useCallback((send: () => void) => pending.cancel(send), [pending]),
    undo: pending.undo,
  };
}
