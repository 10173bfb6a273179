import { useState } from 'react';
import { ConflictModal } from '../components/ConflictModal/ConflictModal.tsx';
import { useTaskLock } from '../hooks/useTaskLock.ts';
import { rows } from './componentFixture.ts';

/** A form over rows. Its dialog opens when others block rows. */
export function Editor({
  wanted,
  onRetry,
  onClose,
}: {
  wanted: number;
  onRetry?: () => void;
  onClose?: () => void;
}) {
  const lock = useTaskLock(
    rows(wanted).map((_, index) => index),
    { resource: 'cities' },
  );
  const [opened, setOpened] = useState(false);
  const [closed, setClosed] = useState(false);
  if (lock.conflicts.length > 0 && !opened) setOpened(true);
  return (
    <>
      <label>
        Name <input defaultValue="Paris" />
      </label>
      <ConflictModal
        open={opened && !closed}
        lock={lock}
        onClose={() => {
          setClosed(true);
          onClose?.();
        }}
        onContinueWithFree={() => {}}
        {...(onRetry && { onRetryWhenFree: onRetry })}
      />
    </>
  );
}
