import { type ComponentPropsWithoutRef, forwardRef, type ReactNode, useId, useState } from 'react';
import { useAnnouncement } from '../../announcer/useAnnounce.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { type ActiveIdleWarning, useIdleWarning } from '../../hooks/useIdleWarning.ts';
import { useNow } from '../../hooks/useNow.ts';
import { idleTexts } from '../../messages/idleTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Icon } from '../Icon.tsx';
import { idleWarningAttributes as attributes } from './dataAttributes.ts';

export interface IdleWarningState {
  /** The last 30 s */
  isSoon: boolean;
}

export interface IdleWarningProps extends Omit<ComponentPropsWithoutRef<'div'>, 'className'> {
  /** Replaces the note, for example to name the row */
  children?: ReactNode;
  className?: ClassName<IdleWarningState>;
}

const SOON_MS = 30_000;

/**
 * Warns that the rows of this tab are about to be unlocked, because nobody is active, and counts down. Any key, pointer move or
 * scrolling keeps the rows, and so does its button. Put one on the page. It shows nothing without a warning.
 */
export const IdleWarning = forwardRef<HTMLDivElement, IdleWarningProps>(function IdleWarning(props, ref) {
  const warning = useIdleWarning();
  return warning ? <Warning key={warning.endsAt} {...props} rootRef={ref} warning={warning} /> : null;
});

interface WarningProps extends IdleWarningProps {
  rootRef: React.ForwardedRef<HTMLDivElement>;
  warning: ActiveIdleWarning;
}

function Warning({ rootRef, warning, children, className, ...rest }: WarningProps) {
  const messages = useTexts(idleTexts);
  const titleId = useId();
  const leftMs = Math.max(0, warning.endsAt - useNow(1_000));
  const isSoon = leftMs <= SOON_MS;
  const [firstLeftMs] = useState(leftMs);
  // Said twice: at first, and in the last 30 s.
  useAnnouncement(messages.announceIdle(isSoon ? SOON_MS : firstLeftMs), { key: 'idle', isFirstSaid: true });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would belong to the form around it
    <div
      role="group"
      aria-labelledby={titleId}
      {...rest}
      ref={rootRef}
      className={joinClassName('rowlock-idle', className, { isSoon })}
      {...{ [attributes.soon]: flag(isSoon) }}
    >
      <Icon name="clock" />
      <div className="rowlock-idle-body">
        <p id={titleId} className="rowlock-idle-title">
          {messages.idleTitle()}
        </p>
        <p className="rowlock-idle-note">{children ?? messages.idleNote(leftMs)}</p>
      </div>
      <button type="button" className="rowlock-button" data-variant="primary" onClick={warning.stay}>
        {messages.stillHere()}
      </button>
    </div>
  );
}
