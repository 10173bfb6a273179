import type { BannerTexts } from '../bannerTexts.ts';
import type { CommonTexts } from '../commonTexts.ts';

export const germanBanner = ({ number, rows }: CommonTexts): BannerTexts => ({
  bannerOwner: (actorName, isMe) => (isMe ? 'Ihre Aufgabe' : `Aufgabe von ${actorName}:`),
  bannerRows: (count) => `${rows(count)} hier`,
  bannerUnseen: () => 'Eine Aufgabe ändert Zeilen',
  bannerMore: (count) =>
    count === 1
      ? 'Eine weitere Aufgabe ändert hier Zeilen'
      : `${number(count)} weitere Aufgaben ändern hier Zeilen`,
  bannerDetails: () => 'Details',
  bannerDetailsOf: (label) => `Details zu ${label}`,
});
