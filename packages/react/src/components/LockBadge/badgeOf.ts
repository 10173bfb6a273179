import type { RecordLock } from '../../core/recordLock.ts';
import type { Messages } from '../../messages.ts';
import type { IconName } from '../Icon.tsx';
import { fractionOf } from '../taskFacts.ts';

type BadgeShape =
  | { kind: 'icon'; name: IconName }
  | { kind: 'avatar'; name: string }
  | { kind: 'ring'; fraction: number | undefined }
  | { kind: 'none' };

export interface Badge {
  shape: BadgeShape;
  /** In few words, beside the shape; cut where it is too long */
  text?: string;
  /** Follows the text, and is never cut */
  tail?: string;
  /** In full, for tooltip and screen reader; absent: nothing is to be said */
  sentence?: string;
  hasNoWorker: boolean;
}

/** What a badge says of a lock to the user of that id. */
export function badgeOf(lock: RecordLock, messages: Messages, actorId: string | undefined): Badge {
  const badge = plainBadgeOf(lock, messages, actorId);
  if (!lock.isStale || badge.sentence === undefined || lock.kind === 'unknown') return badge;
  return { ...badge, sentence: `${badge.sentence} ${messages.notCertain()}` };
}

function plainBadgeOf(
  { kind, lease, task }: RecordLock,
  messages: Messages,
  actorId: string | undefined,
): Badge {
  switch (kind) {
    case 'free':
      return { shape: { kind: 'none' }, hasNoWorker: false };
    case 'unknown':
      return {
        shape: { kind: 'none' },
        sentence: messages.sentenceUnknown(),
        hasNoWorker: false,
      };
    case 'held':
      return {
        shape: { kind: 'icon', name: 'pencil' },
        text: messages.badgeHeld(),
        sentence: messages.sentenceHeld(lease),
        hasNoWorker: false,
      };
    case 'person':
      return lease
        ? {
            shape: { kind: 'avatar', name: lease.holder.actor.name },
            text: messages.badgePerson(lease, lease.holder.actor.id === actorId),
            sentence: messages.sentencePerson(lease, lease.holder.actor.id === actorId),
            hasNoWorker: false,
          }
        : { shape: { kind: 'none' }, hasNoWorker: false };
    case 'task': {
      if (!lease) return { shape: { kind: 'none' }, hasNoWorker: false };
      const isPaused = task?.isPaused === true;
      const hasNoWorker = task !== undefined && !task.hasWorker && !isPaused;
      const fraction = task && fractionOf(task);
      const isQueued = isPaused || task?.state === 'queued';
      const hindrance = isPaused
        ? messages.badgePaused()
        : hasNoWorker
          ? messages.badgeNoWorker()
          : undefined;
      return {
        shape: hasNoWorker
          ? { kind: 'icon', name: 'warning' }
          : isQueued
            ? { kind: 'icon', name: 'clock' }
            : { kind: 'ring', fraction },
        text: hindrance === undefined ? lease.holder.label : `${hindrance} · ${lease.holder.label}`,
        ...(fraction !== undefined &&
          !hasNoWorker &&
          !isQueued && { tail: `· ${messages.percent(fraction)}` }),
        sentence: messages.sentenceTask(lease, task),
        hasNoWorker,
      };
    }
    default: {
      const impossible: never = kind;
      throw new TypeError(`unknown kind of lock: ${impossible}`);
    }
  }
}
