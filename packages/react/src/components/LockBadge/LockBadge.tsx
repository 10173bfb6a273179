import type { RecordKey } from '@rowlock/protocol';
import type { RecordLock } from '../../core/recordLock.ts';
import { useMessages } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useRecordLockOf } from '../../hooks/useRecordLock.ts';
import { classNames } from '../classNames.ts';
import { Avatar, Icon, Ring } from '../Icon.tsx';
import { badgeOf } from './badgeOf.ts';

export type LockBadgeProps = {
  /** `compact`: 20 px square, for a column of its own. `full`: with words. Default `compact` */
  size?: 'compact' | 'full';
  className?: string;
} /** Without a key, as on a form for a new row, there is nothing to show */ & (
  | { record: RecordKey | null | undefined; lock?: undefined }
  /** Shows a lock that is known already, and watches nothing */
  | { record?: undefined; lock: RecordLock }
);

/** Who holds a row. Keeps its place while the row is free, so that nothing moves when it no longer is. */
export function LockBadge({ record, lock: given, size = 'compact', className }: LockBadgeProps) {
  const watched = useRecordLockOf(record);
  const messages = useMessages();
  const lock = given ?? watched;
  const badge = badgeOf(lock, messages, useActorId());
  return (
    <span
      className={classNames('rowlock-badge', className)}
      data-kind={lock.kind}
      data-size={size}
      data-stale={lock.isStale || undefined}
      data-no-worker={badge.hasNoWorker || undefined}
    >
      {badge.sentence !== undefined && (
        <span className="rowlock-badge-pill" role="img" aria-label={badge.sentence} title={badge.sentence}>
          <span className="rowlock-badge-shape">
            {badge.shape.kind === 'avatar' && <Avatar name={badge.shape.name} />}
            {badge.shape.kind === 'ring' && <Ring fraction={badge.shape.fraction} />}
            {badge.shape.kind === 'icon' && <Icon name={badge.shape.name} />}
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
}
