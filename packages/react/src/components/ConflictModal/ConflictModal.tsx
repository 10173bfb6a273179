import type { RecordKey } from '@rowlock/protocol';
import {
  type ComponentPropsWithoutRef,
  type ForwardedRef,
  forwardRef,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';
import { useAnnouncement, useAnnouncerHost } from '../../announcer/useAnnounce.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { conflictTexts } from '../../messages/conflictTexts.ts';
import { useConflictSurface } from '../../surface/conflictSurface.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { conflictModalAttributes as attributes } from './dataAttributes.ts';
import { HolderCard } from './HolderCard.tsx';
import type { ConflictLock, Refusal } from './refusal.ts';
import { type ConflictDialog, useConflictModal } from './useConflictModal.ts';
import { useOpening } from './useOpening.ts';

export interface ConflictModalState {
  isFree: boolean;
  isStale: boolean;
}

type DialogProps = Omit<
  ComponentPropsWithoutRef<'dialog'>,
  'className' | 'children' | 'open' | 'onClose' | 'onCancel'
>;

export interface ConflictModalProps extends DialogProps {
  /** The lock of `useTaskLock` that it explains */
  lock?: ConflictLock;
  /** A request that was refused: the body of a guarded route's `409` or `503`, or the `error` of a verb */
  error?: Refusal | undefined;
  /** The number of rows that the refused request was about. Default with `lock`: its rows */
  total?: number;
  /** The name of a row, for people. Default: its id */
  recordLabel?: (record: RecordKey) => string;
  /**
   * Default: it opens by itself when the rows of `lock` cannot be acquired, once for each attempt, and as long as there is
   * an `error`. It closes when the rows are held. Pass `true` to show it on demand, and then `undefined` again
   */
  open?: boolean | undefined;
  /** The user closes it. With `error` or `open`: remove it now */
  onClose?: () => void;
  /** Offers to continue with the rows that nobody blocks */
  onContinueWithFree?: () => void;
  /** Offers to wait. Called once, when nothing blocks the rows. Default with `lock`: closes, and calls `lock.acquire()` */
  onRetryWhenFree?: () => void;
  /** Shown beside the buttons, for choices of the application */
  actions?: ReactNode;
  className?: ClassName<ConflictModalState>;
}

/** Shows which rows are blocked, by whom, how far that has come, live, and what the user can do. */
export const ConflictModal = forwardRef<HTMLDialogElement, ConflictModalProps>(function ConflictModal(
  { open, onClose, ...rest },
  ref,
) {
  const { isOpen, close } = useOpening(open, rest.lock, rest.error, onClose);
  const isShown = useConflictSurface(isOpen);
  // It is mounted when it opens, so that each opening begins with an empty memory.
  return isShown ? <OpenConflictModal {...rest} onClose={close} rootRef={ref} /> : null;
});

interface OpenProps extends Omit<ConflictModalProps, 'open' | 'onClose'> {
  onClose: () => void;
  rootRef: ForwardedRef<HTMLDialogElement>;
}

function OpenConflictModal(props: OpenProps) {
  const {
    rootRef,
    lock,
    error,
    total,
    recordLabel,
    onClose,
    onContinueWithFree,
    onRetryWhenFree,
    ...others
  } = props;
  const { actions, className, onClick, ...rest } = others;
  const messages = useTexts(conflictTexts);
  const dialog = useConflictModal({
    lock,
    error,
    total,
    recordLabel,
    onContinueWithFree,
    onRetryWhenFree: onRetryWhenFree ?? (lock && (() => retry(lock, onClose))),
  });
  const titleId = useId();
  const noteId = useId();
  const element = useRef<HTMLDialogElement>(null);
  const closeButton = useRef<HTMLButtonElement>(null);
  useImperativeHandle(rootRef, () => element.current!);
  useShownModally(element, closeButton);
  useAnnouncerHost(element);
  const staleNote = dialog.isStale ? messages.staleNote() : '';
  useAnnouncement(dialog.isFree ? dialog.title : staleNote, { key: 'conflict' });
  const pauseReacquire = lock?.pauseReacquire;
  useEffect(() => pauseReacquire?.(), [pauseReacquire]);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard closes by Escape, which the dialog reports as `cancel`
    <dialog
      aria-labelledby={titleId}
      aria-describedby={dialog.note === undefined ? undefined : noteId}
      {...rest}
      ref={element}
      className={joinClassName('rowlock-modal', className, dialog)}
      {...{ [attributes.stale]: flag(dialog.isStale), [attributes.free]: flag(dialog.isFree) }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        onClick?.(event);
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
        <Cards dialog={dialog} titleId={titleId} recordLabel={recordLabel} />
        <p className="rowlock-modal-stale">{staleNote}</p>
        <Choices dialog={dialog} onClose={onClose} closeButton={closeButton} actions={actions} />
      </div>
    </dialog>
  );
}

function retry(lock: ConflictLock, close: () => void): void {
  close();
  void lock.acquire();
}

/** In the layout phase: a dialog that is closed while it is still in the page gives the focus back. */
function useShownModally(
  element: RefObject<HTMLDialogElement | null>,
  closeButton: RefObject<HTMLButtonElement | null>,
): void {
  useLayoutEffect(() => {
    const shown = element.current;
    if (!shown) return;
    if (!shown.open) shown.showModal();
    // The safest choice has the focus: closing changes nothing.
    closeButton.current?.focus();
    return () => shown.close();
  }, [element, closeButton]);
}

interface CardsProps {
  dialog: ConflictDialog;
  titleId: string;
  recordLabel: ((record: RecordKey) => string) | undefined;
}

function Cards({ dialog, titleId, recordLabel }: CardsProps) {
  if (dialog.cards.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
    <ul className="rowlock-modal-cards" tabIndex={0} aria-labelledby={titleId}>
      {dialog.cards.map((card) => (
        <li key={card.conflict.lease.id}>
          <HolderCard {...card} recordLabel={recordLabel} />
        </li>
      ))}
    </ul>
  );
}

interface ChoicesProps {
  dialog: ConflictDialog;
  onClose: () => void;
  closeButton: RefObject<HTMLButtonElement | null>;
  actions: ReactNode;
}

function Choices({ dialog, onClose, closeButton, actions }: ChoicesProps) {
  const messages = useTexts(conflictTexts);
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
