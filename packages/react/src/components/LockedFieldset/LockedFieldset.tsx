import type { Conflict } from '@rowlock/protocol';
import {
  type ComponentPropsWithoutRef,
  forwardRef,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import type { TaskLock } from '../../hooks/useTaskLock.ts';
import { fieldsetTexts } from '../../messages/fieldsetTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Icon } from '../Icon.tsx';
import { lockedFieldsetAttributes as attributes } from './dataAttributes.ts';
import { makeReadOnly } from './readOnlyFields.ts';

export interface LockedFieldsetState {
  isReadOnly: boolean;
}

export interface LockedFieldsetProps
  extends Omit<ComponentPropsWithoutRef<'fieldset'>, 'className' | 'disabled'> {
  lock: Pick<TaskLock, 'conflicts' | 'isHeld'>;
  /**
   * Called at each change of a field while the rows are not held: begin to hold them here, so that a form that is only read locks
   * nothing. `onEdit={() => setEditing(true)}`
   */
  onEdit?: () => void;
  /** Leaves the visible reason out, for a form that shows a `<LockBanner>`. Screen readers still get it. Default false */
  hideReason?: boolean;
  className?: ClassName<LockedFieldsetState>;
}

/**
 * A fieldset that is read only, with the reason, while others block the rows of the lock. Its text can still be selected, copied and
 * read by screen readers, which is why it is not disabled. Typed values stay. It works with any fields inside of it;
 * `data-rowlock-usable` keeps a button usable.
 */
export const LockedFieldset = forwardRef<HTMLFieldSetElement, LockedFieldsetProps>(function LockedFieldset(
  { lock, onEdit, hideReason = false, className, children, onInput, ...rest },
  ref,
) {
  const reason = useReason(lock.conflicts);
  const reasonId = useId();
  const root = useRef<HTMLFieldSetElement>(null);
  useImperativeHandle(ref, () => root.current!);
  const isReadOnly = !lock.isHeld && reason !== undefined;
  useLayoutEffect(() => {
    if (isReadOnly && root.current) return makeReadOnly(root.current);
  }, [isReadOnly]);
  return (
    <fieldset
      aria-describedby={isReadOnly ? reasonId : undefined}
      {...rest}
      ref={root}
      className={joinClassName('rowlock-fieldset', className, { isReadOnly })}
      {...{ [attributes.readOnly]: flag(isReadOnly) }}
      // Not in the capture phase: React would render between the two, and reset a controlled field to its old value.
      onInput={(event) => {
        onInput?.(event);
        if (!lock.isHeld && !isReadOnly) onEdit?.();
      }}
    >
      {isReadOnly && (
        <p id={reasonId} className={hideReason ? 'rowlock-visually-hidden' : 'rowlock-fieldset-reason'}>
          <Icon name="lock" />
          <span>{reason}</span>
        </p>
      )}
      {children}
    </fieldset>
  );
});

function useReason(conflicts: readonly Conflict[]): string | undefined {
  const messages = useTexts(fieldsetTexts);
  const actorId = useActorId();
  const [first] = conflicts;
  if (!first) return undefined;
  const isMe = first.isSameUser === true || first.lease.holder.actor.id === actorId;
  return messages.readOnlyBecause(first.lease, isMe, conflicts.length - 1);
}
