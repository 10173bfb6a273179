import type { RecordKey } from '@rowlock/protocol';
import { type ComponentPropsWithoutRef, forwardRef, memo } from 'react';
import type { RecordLock } from '../../core/recordLock.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { badgeTexts } from '../../messages/badgeTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Avatar, Icon, LiveRing } from '../Icon.tsx';
import { getBadge } from './badge.ts';
import { lockBadgeAttributes as attributes } from './dataAttributes.ts';
import { useBadgeLock } from './useBadgeLock.ts';

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

/**
 * Shows who is editing a row. It keeps its place while the row is free, so that nothing moves when that changes. It does not render when a
 * task proceeds: its ring follows by the style sheet, and `<TaskBanner>` says the per cent once.
 */
export const LockBadge = memo(
  forwardRef<HTMLSpanElement, LockBadgeProps>(function LockBadge(
    { record, lock: given, size = 'compact', className, ...rest },
    ref,
  ) {
    const lock = useBadgeLock(record, given);
    const badge = getBadge(lock, useTexts(badgeTexts), useActorId());
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
              {shape.kind === 'ring' && <LiveRing taskId={shape.taskId} hasFraction={shape.hasFraction} />}
              {shape.kind === 'icon' && <Icon name={shape.name} />}
            </span>
            {size === 'full' && badge.text !== undefined && (
              <span className="rowlock-badge-text">{badge.text}</span>
            )}
          </span>
        )}
      </span>
    );
  }),
);
