import type { CommonTexts } from '../commonTexts.ts';
import type { LockBannerTexts } from '../lockBannerTexts.ts';

export const germanLockBanner = ({ number }: CommonTexts): LockBannerTexts => ({
  bannerBlocked({ holder, mode }, isMe, name = 'das', others) {
    const isRead = mode === 'shared';
    if (isMe && holder.type === 'person') {
      return `Sie ${isRead ? 'lesen' : 'bearbeiten'} ${name} in einem anderen Tab`;
    }
    if (others > 0) {
      const who = holder.type === 'task' ? holder.label : holder.actor.name;
      return `${who} und ${others === 1 ? '1 weiterer' : `${number(others)} weitere`} ändern ${name}`;
    }
    if (holder.type === 'task') return `${holder.label} ${isRead ? 'liest' : 'ändert'} ${name}`;
    return `${holder.actor.name} ${isRead ? 'liest' : 'bearbeitet'} ${name}`;
  },
  bannerFree: (name = 'Diese Zeile') => `${name} ist wieder frei`,
  bannerFreeNote: () => 'Die Werte können sich geändert haben. Fahren Sie fort, um zu bearbeiten.',
  bannerLost({ reason, by }, name = 'diese Zeile') {
    if (reason === 'taken over' && by) return `${by.name} hat ${name} übernommen`;
    if (reason === 'idle') return `Sie waren nicht da: ${name} wurde freigegeben`;
    if (reason === 'signed out') return `Sie sind abgemeldet: ${name} wurde freigegeben`;
    return `Sie halten ${name} nicht mehr`;
  },
  bannerLostWhy: (why) =>
    why === undefined
      ? 'Ihre Änderungen sind noch im Formular.'
      : `„${why}“ Ihre Änderungen sind noch im Formular.`,
  editAgain: () => 'Wieder bearbeiten',
  wait: () => 'Warten',
});
