import type { Conflict } from '@rowlock/protocol';
import { AskForm } from './AskForm.tsx';
import { DialogChoices, type DialogChoicesProps } from './DialogChoices.tsx';
import type { ConflictLock } from './refusal.ts';
import { TakeOverForm } from './TakeOverForm.tsx';
import type { ReleaseAsk } from './useReleaseAsk.ts';

/** The lower part of the dialog: its buttons, or the form of one of them. */
export type View = { kind: 'choices' } | { kind: 'ask'; conflict: Conflict } | { kind: 'take-over' };

export const CHOICES: View = { kind: 'choices' };

interface DialogViewProps extends Omit<DialogChoicesProps, 'onTakeOver'> {
  view: View;
  onView: (view: View) => void;
  inForce: readonly Conflict[];
  lock: ConflictLock | undefined;
  ask: ReleaseAsk;
  canTakeOver: boolean;
}

export function DialogView({ view, onView, inForce, lock, ask, canTakeOver, ...choices }: DialogViewProps) {
  const back = () => onView(CHOICES);
  if (view.kind === 'ask') {
    return (
      <AskForm
        name={view.conflict.lease.holder.actor.name}
        onBack={back}
        onSend={(message) => {
          ask.ask(view.conflict, message);
          back();
        }}
      />
    );
  }
  if (view.kind === 'take-over' && lock) {
    return (
      <TakeOverForm conflicts={inForce} takeOver={lock.takeOver} onBack={back} onTaken={choices.onClose} />
    );
  }
  return (
    <DialogChoices {...choices} {...(canTakeOver && { onTakeOver: () => onView({ kind: 'take-over' }) })} />
  );
}
