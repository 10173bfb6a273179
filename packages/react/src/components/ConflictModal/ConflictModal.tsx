import type { Conflict, ErrorBody, ProblemBody, RecordKey } from '@rowlock/protocol';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { useMessages } from '../../hooks/contexts.ts';
import { classNames } from '../classNames.ts';
import { HolderCard } from './HolderCard.tsx';
import { type ConflictDialog, useConflictModal } from './useConflictModal.ts';

export interface ConflictModalProps {
  open: boolean;
  /** What is in the way, as `useTaskLock` gives it. Those of `error` count too */
  conflicts?: readonly Conflict[];
  /** A refusal by the server, as `acquire` or a guarded route gave it */
  error?: ProblemBody | ErrorBody;
  /** How many rows were wanted */
  total?: number;
  /** A row's name for people. Default: its id */
  recordLabel?: (record: RecordKey) => string;
  onClose: () => void;
  /** Offers to go on with the rows that nobody holds */
  onContinueWithFree?: () => void;
  /** Offers to wait: called once, when nothing is in the way any more */
  onRetryWhenFree?: () => void;
  /** Beside the buttons, for an application's own choices */
  actions?: ReactNode;
  className?: string;
}

/** Says which rows are held by whom and how far that has come, live, and what can be done. */
export function ConflictModal({ open, ...props }: ConflictModalProps) {
  // Mounted with its opening: each opening begins with a fresh memory of what was in the way.
  return open ? <OpenConflictModal {...props} /> : null;
}

function OpenConflictModal(props: Omit<ConflictModalProps, 'open'>) {
  const { onClose, actions, className } = props;
  const messages = useMessages();
  const dialog = useConflictModal(props);
  const titleId = useId();
  const noteId = useId();
  const element = useRef<HTMLDialogElement>(null);
  const closeButton = useRef<HTMLButtonElement>(null);

  // In the layout phase: closed while it is still in the page, it gives the focus back to where it was.
  useLayoutEffect(() => {
    const shown = element.current;
    if (!shown) return;
    if (!shown.open) shown.showModal();
    // The safest choice has the focus: closing changes nothing.
    closeButton.current?.focus();
    return () => shown.close();
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard closes by Escape, which the dialog reports as `cancel`
    <dialog
      ref={element}
      className={classNames('rowlock-modal', className)}
      data-stale={dialog.isStale || undefined}
      data-free={dialog.isFree || undefined}
      aria-labelledby={titleId}
      aria-describedby={dialog.note === undefined ? undefined : noteId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div className="rowlock-modal-frame">
        <header className="rowlock-modal-head">
          <h2 id={titleId} className="rowlock-modal-title">
            {dialog.title}
          </h2>
          {dialog.note !== undefined && (
            <p id={noteId} className="rowlock-modal-note">
              {dialog.note}
            </p>
          )}
        </header>
        {dialog.cards.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          <ul className="rowlock-modal-cards" tabIndex={0} aria-labelledby={titleId}>
            {dialog.cards.map((card) => (
              <li key={card.conflict.lease.id}>
                <HolderCard {...card} recordLabel={props.recordLabel} />
              </li>
            ))}
          </ul>
        )}
        <p className="rowlock-modal-stale" role="status">
          {dialog.isStale ? messages.staleNote() : ''}
        </p>
        <Choices dialog={dialog} onClose={onClose} closeButton={closeButton} actions={actions} />
        <span className="rowlock-visually-hidden" role="status">
          {dialog.isFree ? dialog.title : ''}
        </span>
      </div>
    </dialog>
  );
}

interface ChoicesProps {
  dialog: ConflictDialog;
  onClose: () => void;
  closeButton: React.RefObject<HTMLButtonElement | null>;
  actions: ReactNode;
}

function Choices({ dialog, onClose, closeButton, actions }: ChoicesProps) {
  const messages = useMessages();
  const { continueWithFree, retry } = dialog;
  return (
    <footer className="rowlock-modal-choices">
      <button ref={closeButton} type="button" className="rowlock-button" onClick={onClose}>
        {messages.close()}
      </button>
      <span className="rowlock-modal-gap" />
      {actions}
      {continueWithFree && (
        <button type="button" className="rowlock-button" onClick={continueWithFree.run}>
          {messages.continueWithFree(continueWithFree.count)}
        </button>
      )}
      {retry && (
        <button
          type="button"
          className="rowlock-button"
          data-variant="primary"
          data-waiting={retry.isWaiting || undefined}
          aria-pressed={dialog.isFree ? undefined : retry.isWaiting}
          onClick={retry.press}
        >
          {retry.label}
        </button>
      )}
    </footer>
  );
}
