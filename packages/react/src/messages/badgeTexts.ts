/** The texts of `<LockBadge>`: who or what is changing a row, short and as a sentence. */
import type { LeaseView, TaskView } from '@rowlock/protocol';
import type { CommonTexts } from './commonTexts.ts';
import { getLabelSuffix } from './labelSuffix.ts';

export interface BadgeTexts {
  badgeHeld(): string;
  /** `isMe`: the user's own other tab */
  badgePerson(lease: LeaseView, isMe: boolean): string;
  /** Shown before the task's label, and cut last */
  badgeNoWorker(): string;
  badgePaused(): string;
  sentenceHeld(lease: LeaseView | undefined): string;
  sentencePerson(lease: LeaseView, isMe: boolean): string;
  sentenceTask(lease: LeaseView, task: TaskView | undefined): string;
  sentenceUnknown(): string;
  notCertain(): string;
}

export const badgeTexts = ({ percent, timeLeft }: CommonTexts): BadgeTexts => ({
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
  sentenceTask(lease, task) {
    const verb = lease.mode === 'shared' ? 'is reading' : 'is changing';
    const start = `${lease.holder.label}, started by ${lease.holder.actor.name}, ${verb} this row`;
    if (!task) return `${start}.`;
    if (task.isPaused) return `${lease.holder.label} is paused. This row stays locked until it can start.`;
    if (!task.hasWorker) return `${lease.holder.label} has locked this row, but no worker is running it.`;
    if (task.state === 'queued') return `${lease.holder.label} is waiting to start and has locked this row.`;
    const { done, total, etaMs } = task.progress;
    if (!total) return `${start}.`;
    const left = etaMs === undefined ? '' : `, ${timeLeft(etaMs)}`;
    return `${start}: ${percent(done / total)}${left}.`;
  },
  sentenceUnknown: () => 'Not known yet whether somebody is editing this row.',
  notCertain: () => 'Not certain: reconnecting.',
});
