import type { Conflict } from '@rowlock/protocol';
import {
  type ForwardedRef,
  type ReactNode,
  type RefObject,
  type SyntheticEvent,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import { useAnnouncement, useAnnouncerHost } from '../../announcer/useAnnounce.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { conflictTexts } from '../../messages/conflictTexts.ts';
import { joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import type { AskingConflictModalProps } from './conflictModalProps.ts';
import { DialogCards } from './DialogCards.tsx';
import { DialogForecast } from './DialogForecast.tsx';
import { DialogHead } from './DialogHead.tsx';
import { DialogStatus } from './DialogStatus.tsx';
import { CHOICES, DialogView, type View } from './DialogView.tsx';
import { conflictModalAttributes as attributes } from './dataAttributes.ts';
import type { ConflictLock } from './refusal.ts';
import { useInheritedLook, useShownModally } from './showModally.ts';
import { type ConflictDialog, useConflictModal } from './useConflictModal.ts';

interface OpenProps extends Omit<AskingConflictModalProps, 'open' | 'onClose'> {
  onClose: () => void;
  rootRef: ForwardedRef<HTMLDialogElement>;
  /** The dialog is in a portal, and takes theme and direction from here */
  place: HTMLElement;
}

export function OpenConflictModal(props: OpenProps) {
  const {
    rootRef,
    place,
    lock,
    error,
    total,
    recordLabel,
    onClose,
    onContinueWithFree,
    onRetryWhenFree,
    canTakeOver = false,
    canCancelTask,
    canAsk = true,
    forecast,
    actions,
    ask,
    startsWithAsk = false,
    className,
    onClick,
    ...rest
  } = props;
  const dialog = useConflictModal({
    lock,
    error,
    total,
    recordLabel,
    onContinueWithFree,
    onRetryWhenFree,
    onClose,
  });
  const [titleId, noteId] = [useId(), useId()];
  const element = useRef<HTMLDialogElement>(null);
  const closeButton = useRef<HTMLButtonElement>(null);
  const mayAsk = canAsk && ask.state.kind !== 'open';
  const inForce = dialog.cards.filter((card) => card.isInForce).map((card) => card.conflict);
  const [view, setView] = useState<View>(() => getFirstView(startsWithAsk, inForce));
  useImperativeHandle(rootRef, () => element.current!);
  useInheritedLook(element, place);
  useOpenDialog(element, closeButton, view, lock);
  const [staleNote, when] = [useDialogSpeech(dialog), getForecast(forecast, lock, inForce)];

  return createPortal(
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard closes by Escape, which the dialog reports as `cancel`
    <dialog
      aria-labelledby={titleId}
      aria-describedby={noteId}
      {...rest}
      ref={element}
      className={joinClassName('rowlock-modal', className, dialog)}
      {...{ [attributes.stale]: flag(dialog.isStale), [attributes.free]: flag(dialog.isFree) }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      {...KEPT_INSIDE}
      onClick={(event) => {
        onClick?.(event);
        if (event.target === element.current) onClose();
      }}
    >
      <div className="rowlock-modal-frame">
        <DialogHead dialog={dialog} titleId={titleId} noteId={noteId} inForce={inForce} />
        <DialogCards
          cards={dialog.cards}
          titleId={titleId}
          recordLabel={recordLabel}
          {...(mayAsk && { onAsk: (conflict: Conflict) => setView({ kind: 'ask', conflict }) })}
          canCancelTask={canCancelTask}
        />
        <DialogStatus {...{ dialog, staleNote }} ask={ask.state} forecast={when} />
        <DialogView
          {...{ dialog, view, inForce, lock, ask, actions, onClose, closeButton, onView: setView }}
          canTakeOver={canTakeOver && lock !== undefined && inForce.length > 0 && !dialog.editHere}
        />
      </div>
    </dialog>,
    place.ownerDocument.body,
  );
}

/** The page around the portal must not take the dialog's own fields for its own: React events go through portals. */
const stop = (event: SyntheticEvent) => event.stopPropagation();
const KEPT_INSIDE = { onInput: stop, onChange: stop, onSubmit: stop };

/** Shows the dialog modally. While it is open, screen readers hear it, and the user decides when the rows are acquired. */
function useOpenDialog(
  element: RefObject<HTMLDialogElement | null>,
  closeButton: RefObject<HTMLButtonElement | null>,
  view: View,
  lock: ConflictLock | undefined,
): void {
  useShownModally(element, closeButton);
  useAnnouncerHost(element);
  useFocusOnReturn(view, closeButton);
  const pauseReacquire = lock?.pauseReacquire;
  useEffect(() => pauseReacquire?.(), [pauseReacquire]);
}

/** The changes that a screen reader says while the dialog is open. Returns the note that it may be out of date. */
function useDialogSpeech({ isFree, isStale, title, wait }: ConflictDialog): string {
  const messages = useTexts(choiceTexts);
  const note = useTexts(conflictTexts).staleNote();
  const staleNote = isStale ? note : '';
  useAnnouncement(isFree ? title : staleNote, { key: 'conflict' });
  useAnnouncement(wait ? messages.waitPosition(wait.position) : '', { key: 'conflict-wait' });
  return staleNote;
}

/** The dialog's own forecast, or what the application gives. `null` leaves it out. */
function getForecast(
  given: ReactNode,
  lock: ConflictLock | undefined,
  inForce: readonly Conflict[],
): ReactNode {
  if (inForce.length === 0 || given === null) return null;
  if (given === undefined) return <DialogForecast lock={lock} inForce={inForce} />;
  return <div className="rowlock-modal-forecast">{given}</div>;
}

function getFirstView(startsWithAsk: boolean, inForce: readonly Conflict[]): View {
  const conflict = startsWithAsk ? inForce.find(({ lease }) => lease.holder.type === 'person') : undefined;
  return conflict ? { kind: 'ask', conflict } : CHOICES;
}

/** Back from a form, the safest choice has the focus again. */
function useFocusOnReturn(view: View, closeButton: RefObject<HTMLButtonElement | null>): void {
  const before = useRef(view.kind);
  useEffect(() => {
    if (view.kind === 'choices' && before.current !== 'choices') closeButton.current?.focus();
    before.current = view.kind;
  }, [view, closeButton]);
}
