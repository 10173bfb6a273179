import { type ReactNode, type RefObject, useState } from 'react';
import type { RowlockClientError } from '../../core/rowlockClientError.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { conflictTexts } from '../../messages/conflictTexts.ts';
import { RefusalDetails } from './RefusalDetails.tsx';
import type { ConflictDialog } from './useConflictModal.ts';

export interface DialogChoicesProps {
  dialog: ConflictDialog;
  onClose: () => void;
  closeButton: RefObject<HTMLButtonElement | null>;
  actions: ReactNode;
  onTakeOver?: () => void;
}

/** The buttons of the dialog, the safest one first. */
export function DialogChoices({ dialog, onClose, closeButton, actions, onTakeOver }: DialogChoicesProps) {
  const messages = { ...useTexts(conflictTexts), ...useTexts(choiceTexts) };
  const [failure, setFailure] = useState<RowlockClientError>();
  const { continueWithFree, retry, wait, editHere, isFree } = dialog;
  // Then the last button closes the dialog, and says that the wait continues.
  const isWaitOffered = wait !== undefined && retry !== undefined && !isFree;
  return (
    <footer className="rowlock-modal-choices">
      {failure && (
        <div role="alert" className="rowlock-modal-failure">
          {messages.takeOverFailed()} <RefusalDetails refusal={failure} />
        </div>
      )}
      {!isWaitOffered && (
        <button ref={closeButton} type="button" className="rowlock-button" onClick={onClose}>
          {messages.close()}
        </button>
      )}
      <span className="rowlock-modal-gap" />
      {actions}
      {onTakeOver && !isFree && (
        <button type="button" className="rowlock-button" onClick={onTakeOver}>
          {messages.takeOver()}
        </button>
      )}
      {continueWithFree && (
        <button type="button" className="rowlock-button" onClick={continueWithFree.run}>
          {messages.continueWithFree(continueWithFree.count)}
        </button>
      )}
      {wait && (
        <button type="button" className="rowlock-button" onClick={wait.stop}>
          {messages.stopWaiting()}
        </button>
      )}
      {editHere && (
        <button
          type="button"
          className="rowlock-button"
          data-variant="primary"
          onClick={() => {
            setFailure(undefined);
            void editHere.run().then((outcome) => outcome.ok || setFailure(outcome.error));
          }}
        >
          {messages.editHere()}
        </button>
      )}
      {retry && (
        <button
          ref={isWaitOffered ? closeButton : undefined}
          type="button"
          className="rowlock-button"
          data-variant="primary"
          data-waiting={retry.isWaiting || undefined}
          aria-pressed={retry.isWaiting || undefined}
          onClick={retry.press}
        >
          {retry.label}
        </button>
      )}
    </footer>
  );
}
