/** Every text of the components, in English. Each is a whole sentence or phrase. Replace them by `<RowlockProvider messages>`. */
import type { Holder, LeaseView, TaskView } from '@rowlock/protocol';

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

export interface Messages {
  // Times and numbers
  number(value: number): string;
  percent(fraction: number): string;
  rows(count: number): string;
  ago(sinceMs: number, nowMs: number): string;
  exactTime(atMs: number): string;
  timeLeft(leftMs: number): string;
  seconds(durationMs: number): string;

  // The person or task that is changing a row, for badges: short, and as a sentence
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

  // A task and its progress
  stateWaiting(position?: number): string;
  stateQueued(): string;
  stateRunning(): string;
  stateRetrying(attempt: number): string;
  stateStopping(): string;
  /** An administrator has paused the queue */
  statePaused(): string;
  /** `isStopping`: somebody has cancelled it */
  stateNoWorker(isStopping: boolean): string;
  /** Shown before the progress of a second and later attempt */
  attempt(attempt: number): string;
  stateCompleted(task: TaskView): string;
  stateFailed(task: TaskView): string;
  stateCancelled(task: TaskView): string;
  stateMissing(): string;
  doneOf(done: number, total: number | null): string;
  startedBy(task: TaskView): string;
  announceProgress(label: string, fraction: number): string;
  announceState(label: string, state: string): string;
  cancelTask(): string;
  cancelTaskOf(label: string): string;

  // The conflict dialog
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
  close(): string;
  continueWithFree(count: number): string;
  retryWhenFree(): string;
  waitingUntilFree(): string;
  retryWhenPossible(): string;
  waitingUntilPossible(): string;
  continueNow(): string;
  staleNote(): string;

  // The connection
  live(): string;
  connecting(): string;
  reconnecting(): string;
  uncertain(): string;
  offline(): string;
  unreachable(): string;
  refused(): string;
  signedOut(): string;
  noAccess(): string;
  outdated(): string;
  aboutLive(): string;
  aboutReconnecting(): string;
  aboutOffline(): string;
  aboutUncertain(): string;

  // The tray
  tasks(): string;
  tasksRunning(count: number): string;
  tasksWaiting(count: number): string;
  tasksFinished(count: number): string;
  showTasks(): string;
  hideTasks(): string;
  dismiss(label: string): string;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const number = (value: number): string => value.toLocaleString();
const rows = (count: number): string => (count === 1 ? '1 row' : `${number(count)} rows`);
/** Rounded down, so that only finished work is shown as 100 %. */
const percent = (fraction: number): string => `${Math.floor(fraction * 100 + 1e-9)} %`;
const be = (count: number): string => (count === 1 ? 'is' : 'are');

export const englishMessages: Messages = {
  number,
  percent,
  rows,
  ago(sinceMs, nowMs) {
    const passedMs = nowMs - sinceMs;
    if (passedMs < MINUTE_MS) return 'just now';
    if (passedMs < HOUR_MS) return `${Math.floor(passedMs / MINUTE_MS)} min ago`;
    const since = new Date(sinceMs);
    const isToday = since.toDateString() === new Date(nowMs).toDateString();
    return isToday
      ? `since ${since.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })}`
      : `since ${since.toLocaleString(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })}`;
  },
  exactTime: (atMs) => new Date(atMs).toLocaleString(),
  timeLeft(leftMs) {
    if (leftMs < MINUTE_MS) return `${Math.max(5, Math.ceil(leftMs / (5 * SECOND_MS)) * 5)} s left`;
    if (leftMs < HOUR_MS) return `${Math.ceil(leftMs / MINUTE_MS)} min left`;
    return `${Math.floor(leftMs / HOUR_MS)} h ${Math.floor((leftMs % HOUR_MS) / MINUTE_MS)} min left`;
  },
  seconds: (durationMs) => `${Math.max(0, Math.floor(durationMs / SECOND_MS))} s`,

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
    const left = etaMs === undefined ? '' : `, ${englishMessages.timeLeft(etaMs)}`;
    return `${start}: ${percent(done / total)}${left}.`;
  },
  sentenceUnknown: () => 'Not known yet whether somebody is editing this row.',
  notCertain: () => 'Not certain: reconnecting.',

  stateWaiting: (position) =>
    position ? `Waiting for its rows, at position ${position}` : 'Waiting for its rows',
  stateQueued: () => 'Waiting to start',
  stateRunning: () => 'Running',
  stateRetrying: (attempt) => `Trying again after attempt ${attempt}`,
  stateStopping: () => 'Stopping…',
  statePaused: () => 'Paused: no task starts until the queue is resumed',
  stateNoWorker: (isStopping) =>
    isStopping
      ? 'Stopping… No worker is running it, so it ends by itself within seconds.'
      : 'No worker is running it. Its rows stay locked until a worker starts.',
  attempt: (attempt) => `Attempt ${attempt}`,
  stateCompleted: (task) => (task.recordCount > 0 ? `Done · ${rows(task.recordCount)}` : 'Done'),
  stateFailed: (task) => (task.error ? `Failed: ${task.error}` : 'Failed'),
  stateCancelled: () => 'Cancelled',
  stateMissing: () => 'The server no longer knows this task, so nobody knows how it ended.',
  doneOf: (done, total) => (total === null ? number(done) : `${number(done)} of ${number(total)}`),
  startedBy: (task) => `Started by ${task.actor.name}`,
  announceProgress: (label, fraction) => `${label}: ${percent(fraction)} done.`,
  announceState: (label, state) => `${label}: ${state}`,
  cancelTask: () => 'Cancel',
  cancelTaskOf: (label) => `Cancel ${label}`,

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
  close: () => 'Close',
  continueWithFree: (count) =>
    `Continue with ${count === 1 ? 'the 1 free row' : `the ${number(count)} free rows`}`,
  retryWhenFree: () => 'Retry when free',
  waitingUntilFree: () => 'Waiting until free…',
  retryWhenPossible: () => 'Retry when possible',
  waitingUntilPossible: () => 'Waiting…',
  continueNow: () => 'Continue',
  staleNote: () => 'Not certain – reconnecting…',

  live: () => 'Live',
  connecting: () => 'Connecting…',
  reconnecting: () => 'Reconnecting…',
  uncertain: () => 'Not certain',
  offline: () => 'You are offline',
  unreachable: () => 'Cannot connect',
  refused: () => 'Not connected',
  signedOut: () => 'Signed out',
  noAccess: () => 'No access',
  outdated: () => 'Reload this page',
  aboutLive: () => 'Changes appear at once.',
  aboutReconnecting: () => 'The connection is lost. The page may be out of date until it is back.',
  aboutOffline: () => 'This computer has no network. The page may be out of date until it is back.',
  aboutUncertain: () =>
    'The server cannot check locks right now. The page may be out of date, and you cannot save.',

  tasks: () => 'Tasks',
  tasksRunning: (count) => (count === 1 ? '1 task running' : `${number(count)} tasks running`),
  tasksWaiting: (count) => (count === 1 ? '1 task waiting' : `${number(count)} tasks waiting`),
  tasksFinished: (count) => (count === 1 ? '1 task finished' : `${number(count)} tasks finished`),
  showTasks: () => 'Show tasks',
  hideTasks: () => 'Hide tasks',
  dismiss: (label) => `Dismiss ${label}`,
};

/** " (Edit Paris)", if the label says more than the name. */
function getLabelSuffix(holder: Holder | undefined): string {
  return holder && holder.label !== holder.actor.name ? ` (${holder.label})` : '';
}
