/** The content of a badge, made of a lock. Pure. */
import type { LeaseView } from '@rowlock/protocol';
import type { BadgeTexts, TaskStanding } from '../../messages/badgeTexts.ts';
import type { CommonTexts } from '../../messages/commonTexts.ts';
import type { IconName } from '../Icon.tsx';
import type { BadgeLock } from './badgeLock.ts';

type BadgeShape =
  | { kind: 'icon'; name: IconName }
  | { kind: 'avatar'; name: string }
  /** Filled by the style sheet: see taskFractions.ts */
  | { kind: 'ring'; taskId: string; hasFraction: boolean }
  | { kind: 'none' };

export interface Badge {
  shape: BadgeShape;
  /** A few words beside the shape. Cut if it is too long */
  text?: string;
  /** In full, for the tooltip and screen readers. Absent if there is nothing to say */
  sentence?: string;
  hasNoWorker: boolean;
}

const EMPTY: Badge = { shape: { kind: 'none' }, hasNoWorker: false };

/** The badge of a lock for the user of that id. */
export function getBadge(
  lock: BadgeLock,
  messages: CommonTexts & BadgeTexts,
  actorId: string | undefined,
): Badge {
  const badge = getCertainBadge(lock, messages, actorId);
  if (!lock.isStale || badge.sentence === undefined || lock.kind === 'unknown') return badge;
  return { ...badge, sentence: `${badge.sentence} ${messages.notCertain()}` };
}

function getCertainBadge(
  lock: BadgeLock,
  messages: CommonTexts & BadgeTexts,
  actorId: string | undefined,
): Badge {
  const { kind, lease } = lock;
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
      return lease ? getTaskBadge(lease, lock, messages) : EMPTY;
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

const TASK_ICONS: Partial<Record<TaskStanding, IconName>> = {
  paused: 'clock',
  queued: 'clock',
  'no-worker': 'warning',
};

function getTaskBadge(
  lease: LeaseView,
  { task, hasFraction }: BadgeLock,
  messages: CommonTexts & BadgeTexts,
): Badge {
  const { id: taskId, label } = lease.holder;
  const icon = TASK_ICONS[task];
  const obstacle =
    task === 'paused' ? messages.badgePaused() : task === 'no-worker' ? messages.badgeNoWorker() : undefined;
  return {
    shape: icon ? { kind: 'icon', name: icon } : { kind: 'ring', taskId, hasFraction },
    text: obstacle === undefined ? label : `${obstacle} · ${label}`,
    sentence: messages.sentenceTask(lease, task),
    hasNoWorker: task === 'no-worker',
  };
}
