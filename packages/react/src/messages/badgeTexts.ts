/** The texts of `<LockBadge>`: who or what is changing a row, short and as a sentence. */
import type { LeaseView } from '@rowlock/protocol';
import { getLabelSuffix } from './labelSuffix.ts';

/** How a task stands that holds a row. `unseen`: it is not known, or the user may not see it */
export type TaskStanding = 'unseen' | 'paused' | 'no-worker' | 'queued' | 'working';

export interface BadgeTexts {
  badgeHeld(): string;
  /** `isMe`: the user's own other tab */
  badgePerson(lease: LeaseView, isMe: boolean): string;
  /** Shown before the task's label, and cut last */
  badgeNoWorker(): string;
  badgePaused(): string;
  sentenceHeld(lease: LeaseView | undefined): string;
  sentencePerson(lease: LeaseView, isMe: boolean): string;
  /** Without its progress, which would be said for each row again */
  sentenceTask(lease: LeaseView, standing: TaskStanding): string;
  sentenceUnknown(): string;
  notCertain(): string;
}

export const badgeTexts = (): BadgeTexts => ({
  badgeHeld: () => 'You are editing',
  badgePerson: (lease, isMe) => (isMe ? 'You, in another tab' : `${lease.holder.actor.name} is editing`),
  badgeNoWorker: () => 'No worker',
  badgePaused: () => 'Paused',
  sentenceHeld: (lease) => `You are editing this row${getLabelSuffix(lease?.holder)}.`,
  sentencePerson({ holder, mode }, isMe) {
    const verb = mode === 'shared' ? 'reading' : 'editing';
    return isMe
      ? `You are ${verb} this row in another tab${getLabelSuffix(holder)}.`
      : `${holder.actor.name} is ${verb} this row${getLabelSuffix(holder)}.`;
  },
  sentenceTask({ holder: { label, actor }, mode }, standing) {
    if (standing === 'paused') return `${label} is paused. This row stays locked until it can start.`;
    if (standing === 'no-worker') return `${label} has locked this row, but no worker is running it.`;
    if (standing === 'queued') return `${label} is waiting to start and has locked this row.`;
    const verb = mode === 'shared' ? 'is reading' : 'is changing';
    return `${label}, started by ${actor.name}, ${verb} this row.`;
  },
  sentenceUnknown: () => 'Not known yet whether somebody is editing this row.',
  notCertain: () => 'Not certain: reconnecting.',
});
