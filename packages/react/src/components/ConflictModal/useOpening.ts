import { useState } from 'react';
import type { ConflictLock, Refusal } from './refusal.ts';

/**
 * Whether the dialog is open. With a lock it opens once for each episode in which the rows could not be acquired. It stays open until
 * the user closes it, or the rows are held: also while they wait.
 */
export function useOpening(
  open: boolean | undefined,
  lock: ConflictLock | undefined,
  error: Refusal | undefined,
  onClose: (() => void) | undefined,
): { isOpen: boolean; close: () => void } {
  const [openedEpisode, setOpenedEpisode] = useState<number>();
  const [closedEpisode, setClosedEpisode] = useState<number>();
  // Episode 0: nobody has asked for the rows yet, and they only may not be watched.
  const isRefused =
    lock !== undefined && lock.episode > 0 && !lock.isHeld && !lock.isRetrying && isExplained(lock.error);
  if (isRefused && lock.episode !== openedEpisode) setOpenedEpisode(lock.episode);
  const isOpened = lock !== undefined && !lock.isHeld && lock.episode === openedEpisode;
  return {
    isOpen: open ?? (error !== undefined || (isOpened && lock.episode !== closedEpisode)),
    close: () => {
      setClosedEpisode(lock?.episode);
      onClose?.();
    },
  };
}

/** After a sign-out the application shows its own screen. */
const isExplained = (error: ConflictLock['error']): boolean =>
  error !== undefined && error.code !== 'unauthenticated';
