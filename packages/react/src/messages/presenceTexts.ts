/** The texts of `<PresenceAvatars>`. */
import type { CommonTexts } from './commonTexts.ts';

export interface PresenceTexts {
  /** "+3": viewers without an avatar */
  moreViewers(count: number): string;
  /** "Bo Berg and Cleo Marin are looking at this too": `others` have no name here */
  viewers(names: readonly string[], others: number): string;
}

export const presenceTexts = ({ number, list }: CommonTexts): PresenceTexts => ({
  moreViewers: (count) => `+${number(count)}`,
  viewers(names, others) {
    const rest = others > 0 ? [others === 1 ? '1 other' : `${number(others)} others`] : [];
    const verb = names.length + others === 1 ? 'is' : 'are';
    return `${list([...names, ...rest])} ${verb} looking at this too`;
  },
});
