import type { CommonTexts } from '../commonTexts.ts';
import type { PresenceTexts } from '../presenceTexts.ts';

export const germanPresence = ({ number, list }: CommonTexts): PresenceTexts => ({
  moreViewers: (count) => `+${number(count)}`,
  viewers(names, others) {
    const rest = others > 0 ? [others === 1 ? '1 weitere Person' : `${number(others)} weitere`] : [];
    const verb = names.length + others === 1 ? 'sieht' : 'sehen';
    return `${list([...names, ...rest])} ${verb} sich das auch an`;
  },
});
