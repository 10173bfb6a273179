/** The texts of `<TaskBanner>`. The label of the task follows the owner: "Ann's task Normalise names". */
import type { CommonTexts } from './commonTexts.ts';

export interface BannerTexts {
  bannerOwner(actorName: string, isMe: boolean): string;
  /** How many of the rows on screen the task holds */
  bannerRows(count: number): string;
  /** The user may not see the task */
  bannerUnseen(): string;
  /** Further tasks, which have no banner of their own */
  bannerMore(count: number): string;
  bannerDetails(): string;
  bannerDetailsOf(label: string): string;
}

export const bannerTexts = ({ number, rows }: CommonTexts): BannerTexts => ({
  bannerOwner: (actorName, isMe) => (isMe ? 'Your task' : `${actorName}'s task`),
  bannerRows: (count) => `${rows(count)} here`,
  bannerUnseen: () => 'A task is changing rows',
  bannerMore: (count) =>
    count === 1 ? '1 more task is changing rows here' : `${number(count)} more tasks are changing rows here`,
  bannerDetails: () => 'Details',
  bannerDetailsOf: (label) => `Details of ${label}`,
});
