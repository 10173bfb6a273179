/** The texts of `<LockBanner>`: who keeps a form from its rows, in one line. */
import type { LeaseLost, LeaseView } from '@rowlock/protocol';
import type { CommonTexts } from './commonTexts.ts';

export interface LockBannerTexts {
  /** `name`: of the row, if there is one and the application names it. `others`: the number of further holders */
  bannerBlocked(lease: LeaseView, isMe: boolean, name: string | undefined, others: number): string;
  bannerFree(name: string | undefined): string;
  bannerFreeNote(): string;
  bannerLost(lost: Omit<LeaseLost, 'leaseId'>, name: string | undefined): string;
  /** The reason that somebody gave for a takeover */
  bannerLostWhy(why: string | undefined): string;
  editAgain(): string;
  wait(): string;
}

export const lockBannerTexts = ({ number }: CommonTexts): LockBannerTexts => ({
  bannerBlocked({ holder, mode }, isMe, name = 'this', others) {
    const verb = mode === 'shared' ? 'reading' : holder.type === 'task' ? 'changing' : 'editing';
    if (isMe && holder.type === 'person') return `You are ${verb} ${name} in another tab`;
    const who = holder.type === 'task' ? holder.label : holder.actor.name;
    if (others === 0) return `${who} is ${verb} ${name}`;
    return `${who} and ${others === 1 ? '1 other' : `${number(others)} others`} are changing ${name}`;
  },
  bannerFree: (name = 'This row') => `${name} is free again`,
  bannerFreeNote: () => 'It may have changed meanwhile. Continue to edit it.',
  bannerLost({ reason, by }, name = 'this row') {
    if (reason === 'taken over' && by) return `${by.name} has taken over ${name}`;
    if (reason === 'idle') return `You were away, so ${name} was unlocked`;
    if (reason === 'signed out') return `You are signed out, so ${name} was unlocked`;
    return `You no longer hold ${name}`;
  },
  bannerLostWhy: (why) =>
    why === undefined
      ? 'Your changes are still in the form.'
      : `“${why}” Your changes are still in the form.`,
  editAgain: () => 'Edit again',
  wait: () => 'Wait',
});
