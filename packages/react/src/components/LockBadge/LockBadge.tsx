import type { RecordKey } from '@rowlock/protocol';
import { type ComponentPropsWithoutRef, forwardRef } from 'react';
import type { RecordLock } from '../../core/recordLock.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useRecordLockByKey } from '../../hooks/useRecordLock.ts';
import { badgeTexts } from '../../messages/badgeTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Avatar, Icon, Ring } from '../Icon.tsx';
import { getBadge } from './badge.ts';
import { lockBadgeAttributes as attributes } from './dataAttributes.ts';

export interface LockBadgeState {
  kind: RecordLock['kind'];
  size: 'compact' | 'full';
  isStale: boolean;
  hasNoWorker: boolean;
}

export type LockBadgeProps = Omit<ComponentPropsWithoutRef<'span'>, 'className' | 'children'> & {
  /** `compact`: a square of 20 px, for a column of its own. `full`: with words. Default `compact` */
  size?: 'compact' | 'full';
  className?: ClassName<LockBadgeState>;
} & (
    | {
        /** Without a key, as on a form for a new row, there is nothing to show */
        record: RecordKey | null | undefined;
        lock?: undefined;
      }
    /** Shows a lock that the application has already, and watches nothing */
    | { record?: undefined; lock: RecordLock }
  );

/** Shows who is editing a row. It keeps its place while the row is free, so that nothing moves when that changes. */
export const LockBadge = forwardRef<HTMLSpanElement, LockBadgeProps>(function LockBadge(
  { record, lock: given, size = 'compact', className, ...rest },
  ref,
) {
  const watched = useRecordLockByKey(record);
  const messages = useTexts(badgeTexts);
  const lock = given ?? watched;
  const badge = getBadge(lock, messages, useActorId());
  const { kind, isStale } = lock;
  const { hasNoWorker, shape } = badge;
  return (
    <span
      {...rest}
      ref={ref}
      className={joinClassName('rowlock-badge', className, { kind, size, isStale, hasNoWorker })}
      {...{
        [attributes.kind]: kind,
        [attributes.size]: size,
        [attributes.stale]: flag(isStale),
        [attributes.noWorker]: flag(hasNoWorker),
      }}
    >
      {badge.sentence !== undefined && (
        <span className="rowlock-badge-pill" role="img" aria-label={badge.sentence} title={badge.sentence}>
          <span className="rowlock-badge-shape">
            {shape.kind === 'avatar' && <Avatar name={shape.name} />}
            {shape.kind === 'ring' && <Ring fraction={shape.fraction} />}
            {shape.kind === 'icon' && <Icon name={shape.name} />}
          </span>
          {size === 'full' && badge.text !== undefined && (
            <span className="rowlock-badge-text">{badge.text}</span>
          )}
          {size === 'full' && badge.tail !== undefined && (
            <span className="rowlock-badge-tail">{badge.tail}</span>
          )}
        </span>
      )}
    </span>
  );
});
