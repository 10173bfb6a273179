import { type ComponentPropsWithoutRef, forwardRef, useId, useState } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import type { MaybeId } from '../../hooks/missingId.ts';
import { type Presence, usePresence } from '../../hooks/usePresence.ts';
import { presenceTexts } from '../../messages/presenceTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Avatar } from '../Icon.tsx';
import { presenceAvatarsAttributes as attributes } from './dataAttributes.ts';

export interface PresenceAvatarsState {
  /** How many others look */
  count: number;
  isStale: boolean;
}

export interface PresenceAvatarsProps
  extends Omit<ComponentPropsWithoutRef<'span'>, 'className' | 'children' | 'id'> {
  /** The row, or several rows: each user who looks at any of them is shown once */
  recordId: MaybeId | readonly MaybeId[];
  /** The kind of rows: `cities`. Default: the name of the nearest `<RowlockResource>` */
  resource?: string;
  /** The largest number of avatars. The others are counted: `+3`. Default 4 */
  max?: number;
  className?: ClassName<PresenceAvatarsState>;
}

/**
 * The other users who look at a row, as initials; their names on hover, focus or a press. It keeps its height while nobody looks. The
 * users of this page are shown to the others too.
 */
export const PresenceAvatars = forwardRef<HTMLSpanElement, PresenceAvatarsProps>(function PresenceAvatars(
  { recordId, resource, max = 4, className, ...rest },
  ref,
) {
  const presence = usePresence(recordId, resource === undefined ? {} : { resource });
  const { count, isStale } = presence;
  return (
    <span
      {...rest}
      ref={ref}
      className={joinClassName('rowlock-presence', className, { count, isStale })}
      {...{ [attributes.stale]: flag(isStale && count > 0) }}
    >
      {count > 0 && <Viewers presence={presence} max={Math.max(1, max)} />}
    </span>
  );
});

function Viewers({ presence: { actors, count }, max }: { presence: Presence; max: number }) {
  const messages = useTexts(presenceTexts);
  const [isOpen, setOpen] = useState(false);
  const namesId = useId();
  const shown = actors.slice(0, max);
  const more = count - shown.length;
  const names = messages.viewers(
    actors.map(({ name }) => name),
    count - actors.length,
  );
  return (
    <>
      <button
        type="button"
        className="rowlock-presence-avatars"
        aria-expanded={isOpen}
        aria-controls={namesId}
        {...{ [attributes.open]: flag(isOpen) }}
        onClick={() => setOpen((before) => !before)}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && isOpen) {
            // The form around it stays open.
            event.stopPropagation();
            setOpen(false);
          }
        }}
      >
        {shown.map(({ id, name }) => (
          <Avatar key={id} name={name} />
        ))}
        <span className="rowlock-visually-hidden">{names}</span>
        {more > 0 && (
          <span className="rowlock-presence-more" aria-hidden="true">
            {messages.moreViewers(more)}
          </span>
        )}
      </button>
      <span id={namesId} className="rowlock-presence-names" aria-hidden="true">
        {names}
      </span>
    </>
  );
}
