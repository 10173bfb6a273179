import { forwardRef, useState } from 'react';
import { useConflictSurface } from '../../surface/conflictSurface.ts';
import type { AskingConflictModalProps } from './conflictModalProps.ts';
import { OpenConflictModal } from './OpenConflictModal.tsx';
import { useOpening } from './useOpening.ts';

/** The dialog, with a question to a holder that lives longer than it. */
export const AskingConflictModal = forwardRef<HTMLDialogElement, AskingConflictModalProps>(
  function AskingConflictModal({ open, onClose, ...rest }, ref) {
    const { isOpen, close } = useOpening(open, rest.lock, rest.error, onClose);
    const isShown = useConflictSurface(isOpen);
    const [place, setPlace] = useState<HTMLElement | null>(null);
    // It is mounted when it opens, so that each opening begins with an empty memory.
    return (
      <>
        <span ref={setPlace} hidden />
        {isShown && place && <OpenConflictModal {...rest} onClose={close} rootRef={ref} place={place} />}
      </>
    );
  },
);
