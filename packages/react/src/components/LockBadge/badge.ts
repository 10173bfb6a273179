/** The content of a badge, made of a lock. Pure. */
import type { LeaseView, TaskView } from '@rowlock/protocol';
import type { RecordLock } from '../../core/recordLock.ts';
import type { BadgeTexts } from '../../messages/badgeTexts.ts';
import type { CommonTexts } from '../../messages/commonTexts.ts';
import type { IconName } from '../Icon.tsx';
import { getFraction } from '../taskFacts.ts';

type BadgeShape =
  | { kind: 'icon'; name: IconName }
  | { kind: 'avatar'; name: string }
  | { kind: 'ring'; fraction: number | undefined }
  | { kind: 'none' };

export interface Badge {
  shape: BadgeShape;
  /** A few words beside the shape. Cut if it is too long */
  text?: string;
  /** Follows the text, and is never cut */
  tail?: string;
  /** In full, for the tooltip and screen readers. Absent if there is nothing to say */
  sentence?: string;
  hasNoWorker: boolean;
}

const EMPTY: Badge = { shape: { kind: 'none' }, hasNoWorker: false };

/** The badge of a lock for the user of that id. */
export function getBadge(
  lock: RecordLock,
  messages: CommonTexts & BadgeTexts,
  actorId: string | undefined,
): Badge {
  const badge = getCertainBadge(lock, messages, actorId);
  if (!lock.isStale || badge.sentence === undefined || lock.kind === 'unknown') return badge;
  return { ...badge, sentence: `${badge.sentence} ${messages.notCertain()}` };
}

function getCertainBadge(
  { kind, lease, task }: RecordLock,
  messages: CommonTexts & BadgeTexts,
  actorId: string | undefined,
): Badge {
  switch (kind) {
    case 'free':
      return EMPTY;
    case 'unknown':
      return { ...EMPTY, sentence: messages.sentenceUnknown() };
    case 'held':
      return {
        shape: { kind: 'icon', name: 'pencil' },
        text: messages.badgeHeld(),
        sentence: messages.sentenceHeld(lease),
        hasNoWorker: false,
      };
    case 'person':
      return lease ? getPersonBadge(lease, messages, lease.holder.actor.id === actorId) : EMPTY;
    case 'task':
      return lease ? getTaskBadge(lease, task, messages) : EMPTY;
    default: {
      const impossible: never = kind;
      throw new TypeError(`Unknown kind of lock: ${impossible}.`);
    }
  }
}

const getPersonBadge = (lease: LeaseView, messages: CommonTexts & BadgeTexts, isMe: boolean): Badge => ({
  shape: { kind: 'avatar', name: lease.holder.actor.name },
  text: messages.badgePerson(lease, isMe),
  sentence: messages.sentencePerson(lease, isMe),
  hasNoWorker: false,
});

function getTaskBadge(
  lease: LeaseView,
  task: TaskView | undefined,
  messages: CommonTexts & BadgeTexts,
): Badge {
  const isPaused = task?.isPaused === true;
  const hasNoWorker = task !== undefined && !task.hasWorker && !isPaused;
  const isWaiting = isPaused || task?.state === 'queued';
  const fraction = task && getFraction(task);
  const obstacle = isPaused ? messages.badgePaused() : hasNoWorker ? messages.badgeNoWorker() : undefined;
  const showsPercent = fraction !== undefined && !hasNoWorker && !isWaiting;
  return {
    shape: hasNoWorker
      ? { kind: 'icon', name: 'warning' }
      : isWaiting
        ? { kind: 'icon', name: 'clock' }
        : { kind: 'ring', fraction },
    text: obstacle === undefined ? lease.holder.label : `${obstacle} · ${lease.holder.label}`,
    ...(showsPercent && { tail: `· ${messages.percent(fraction)}` }),
    sentence: messages.sentenceTask(lease, task),
    hasNoWorker,
  };
}
