/** The texts of `<ConflictModal>`. */
import type { Holder, LeaseView, TaskView } from '@rowlock/protocol';
import type { CommonTexts } from './commonTexts.ts';

export interface ConflictFacts {
  /** Rows that are blocked now */
  blocked: number;
  /** Rows that were asked for, if that is known */
  total?: number;
  /** The row's name, if one row was asked for */
  name?: string;
  /** Every holder only reads the rows, as an export does */
  isOnlyRead: boolean;
}

export interface ConflictTexts {
  conflictTitle(facts: ConflictFacts): string;
  freeTitle(facts: ConflictFacts): string;
  freeNote(): string;
  unavailableTitle(): string;
  refusedTitle(): string;
  holderTitle(lease: LeaseView, isMe: boolean): string;
  holderDetail(holder: Holder): string;
  rowNames(names: string[], more: number): string;
  endedCompleted(): string;
  endedFailed(task: TaskView): string;
  endedCancelled(): string;
  endedPerson(holder: Holder, isMe: boolean): string;
  endedUnknown(): string;
  continueWithFree(count: number): string;
  retryWhenFree(): string;
  waitingUntilFree(): string;
  retryWhenPossible(): string;
  waitingUntilPossible(): string;
  continueNow(): string;
  staleNote(): string;
}

const be = (count: number): string => (count === 1 ? 'is' : 'are');

export const conflictTexts = ({ number, rows }: CommonTexts): ConflictTexts => ({
  conflictTitle({ blocked, total, name, isOnlyRead }) {
    const verb = isOnlyRead ? 'being read' : 'being changed';
    if (name !== undefined) return `${name} is ${verb}`;
    if (total === undefined) return `${rows(blocked)} ${be(blocked)} ${verb}`;
    if (total === 1) return `This row is ${verb}`;
    if (blocked >= total) return `All ${rows(total)} are ${verb}`;
    return `${number(blocked)} of ${rows(total)} ${be(blocked)} ${verb}`;
  },
  freeTitle({ total, name }) {
    if (name !== undefined) return `${name} is free again`;
    if (total === 1) return 'This row is free again';
    return total === undefined ? 'The rows are free again' : `All ${rows(total)} are free`;
  },
  freeNote: () => 'Nobody else is changing the rows now. You can continue.',
  unavailableTitle: () => 'Locks cannot be checked right now',
  refusedTitle: () => 'This could not be done',
  holderTitle({ holder, mode }, isMe) {
    if (holder.type === 'task') return holder.label;
    const verb = mode === 'shared' ? 'reading' : 'editing';
    return isMe ? `You are ${verb} in another tab` : `${holder.actor.name} is ${verb}`;
  },
  holderDetail(holder) {
    if (holder.type === 'task') return `Started by ${holder.actor.name}`;
    return holder.label === holder.actor.name ? '' : holder.label;
  },
  rowNames(names, more) {
    const listed = names.join(', ');
    return more > 0 ? `${listed} and ${number(more)} more` : listed;
  },
  endedCompleted: () => 'Finished. Its rows are free and show their new values.',
  endedFailed: (task) =>
    `Failed${task.error ? `: ${task.error}` : '.'} Its rows are free. Some may have been changed before that.`,
  endedCancelled: () => 'Cancelled. Its rows are free. Changes from before that stay.',
  endedPerson: (holder, isMe) =>
    `${isMe ? 'Your other tab' : holder.actor.name} is no longer editing these rows.`,
  endedUnknown: () => 'Its rows are free. Nobody knows how it ended.',
  continueWithFree: (count) =>
    `Continue with ${count === 1 ? 'the 1 free row' : `the ${number(count)} free rows`}`,
  retryWhenFree: () => 'Retry when free',
  waitingUntilFree: () => 'Waiting until free…',
  retryWhenPossible: () => 'Retry when possible',
  waitingUntilPossible: () => 'Waiting…',
  continueNow: () => 'Continue',
  staleNote: () => 'Not certain – reconnecting…',
});
