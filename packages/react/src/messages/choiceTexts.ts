/** The texts of the choices in a conflict: waiting, asking, taking over, and a refusal that is no conflict. */
import type { ErrorCode, ReleaseAnswer } from '@rowlock/protocol';
import type { CommonTexts } from './commonTexts.ts';

export interface ChoiceTexts {
  waitInLine(): string;
  stopWaiting(): string;
  /** Closes the dialog, and the wait continues */
  notifyMe(): string;
  /** 1 is next. Undefined for a moment after a reload */
  waitPosition(position: number | undefined): string;
  waitNote(): string;
  ask(name: string): string;
  askLabel(name: string): string;
  askSend(): string;
  askOpen(name: string): string;
  askAnswer(name: string, answer: ReleaseAnswer): string;
  askFailed(): string;
  takeOver(): string;
  takeOverLabel(): string;
  /** The text that the other person will see */
  takeOverPreview(names: readonly string[], me: string, reason: string): string;
  takeOverConfirm(): string;
  takeOverReasonMissing(): string;
  takeOverFailed(): string;
  editHere(): string;
  /** The reason of a takeover from the user's own other tab */
  editHereReason(): string;
  back(): string;
  details(): string;
  endedHolders(count: number): string;
  endedTitle(name: string): string;
  cancelFailed(): string;
  refusal(code: ErrorCode): string;
}

export const choiceTexts = ({ number, list }: CommonTexts): ChoiceTexts => ({
  waitInLine: () => 'Wait until free',
  stopWaiting: () => 'Stop waiting',
  notifyMe: () => 'Close and keep waiting',
  waitPosition(position) {
    if (position === undefined) return 'You are waiting.';
    return position === 1 ? 'You are next.' : `You are at position ${number(position)}.`;
  },
  waitNote: () => 'You can close this and do something else. You get the rows as soon as they are free.',
  ask: (name) => `Ask ${name}`,
  askLabel: (name) => `Message to ${name} (optional)`,
  askSend: () => 'Send',
  askOpen: (name) => `You have asked ${name}. Waiting for the answer…`,
  askAnswer(name, answer) {
    switch (answer) {
      case 'released':
        return `${name} has released the rows for you.`;
      case 'later':
        return `${name} needs a little longer. If you wait, you get the rows next.`;
      case 'refused':
        return `${name} wants to keep the rows for now. You can wait until they are free.`;
      default:
        return `${name} has not answered. They may be away.`;
    }
  },
  askFailed: () => 'The question could not be sent.',
  takeOver: () => 'Take over…',
  takeOverLabel: () => 'Reason, for the other person',
  takeOverPreview: (names, me, reason) =>
    `${list(names)} will see: “${me} has taken over this row: ${reason === '' ? '…' : reason}” Unsaved changes stay in their form, and they can no longer save them.`,
  takeOverConfirm: () => 'Take over',
  takeOverReasonMissing: () => 'Write a reason, so that the other person understands.',
  takeOverFailed: () => 'This could not be taken over. Nothing has changed.',
  editHere: () => 'Edit here instead',
  editHereReason: () => 'Editing continues in another tab.',
  back: () => 'Back',
  details: () => 'Details',
  endedHolders: (count) => (count === 1 ? '1 other has finished' : `${number(count)} others have finished`),
  endedTitle: (name) => `${name} was editing`,
  cancelFailed: () => 'The task could not be cancelled.',
  refusal(code) {
    switch (code) {
      case 'forbidden':
        return 'You do not have the permission for this. Ask your administrator.';
      case 'unauthenticated':
        return 'You are signed out. Sign in and try again.';
      case 'too_many_records':
      case 'too_large':
        return 'These are too many rows at once. Choose fewer and try again.';
      case 'rate_limited':
        return 'This page has asked for too much in a short time. Try again in a moment.';
      case 'unavailable':
        return 'The server cannot check right now who is editing. Nothing was changed, and what you typed is still here.';
      case 'not_found':
      case 'lease_lost':
        return 'This is no longer there. Reload the page and try again.';
      default:
        return 'Something is wrong with this page or the server. Reload the page. If it happens again, report it with the details below.';
    }
  },
});
