import { useState } from 'react';
import type { ConflictLock, Refusal } from './refusal.ts';

/** Whether the dialog is open. With a lock it opens once for each episode in which the rows could not be acquired. */
export function useOpening(
  open: boolean | undefined,
  lock: ConflictLock | undefined,
  error: Refusal | undefined,
  onClose: (() => void) | undefined,
): { isOpen: boolean; close: () => void } {
  const [closedEpisode, setClosedEpisode] = useState<number>();
  const isRefused = lock !== undefined && !lock.isHeld && lock.error?.code === 'conflict';
  const isUnexplained = isRefused && lock.episode !== closedEpisode;
  return {
    isOpen: open ?? (error !== undefined || isUnexplained),
    close: () => {
      setClosedEpisode(lock?.episode);
      onClose?.();
    },
  };
}
